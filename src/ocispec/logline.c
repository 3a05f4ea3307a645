/* logline - a line of a runtime's log */
#include <err.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "base/exit.h"
#include "json/json.h"
#include "ocispec/logline.h"

void logline_time(FILE *out)
{
	struct timespec now;
	struct tm tm;

	if (clock_gettime(CLOCK_REALTIME, &now) < 0 ||
	    !gmtime_r(&now.tv_sec, &tm))
		err(EXIT_CANCELED, "cannot tell the time");
	(void)fprintf(out, "%04d-%02d-%02dT%02d:%02d:%02d.%09ldZ",
		      tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
		      tm.tm_min, tm.tm_sec, now.tv_nsec);
}

int logline_print(const char *format, const char *level, const char *message)
{
	bool json = strcmp(format, "json") == 0;

	if (!json && strcmp(format, "text") != 0)
		return -1;
	(void)fputs(json ? "{\"time\":\"" : "time=\"", stdout);
	logline_time(stdout);
	(void)fputs(json ? "\",\"level\":" : "\" level=", stdout);
	if (json)
		json_write_string(stdout, level);
	else
		(void)fputs(level, stdout);
	(void)fputs(json ? ",\"msg\":" : " msg=", stdout);
	json_write_string(stdout, message);
	(void)fputs(json ? "}\n" : "\n", stdout);
	return 0;
}
