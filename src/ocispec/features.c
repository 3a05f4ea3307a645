/* features - what is supported */
#include <stdio.h>
#include <string.h>

#include "json/json.h"
#include "ocispec/example.h"
#include "ocispec/hooks.h"
#include "ocispec/words.h"
#include "proc/caps.h"

static void print_names(const char *name, const char *words, const char *end)
{
	printf("\"%s\":[", name);
	while (*words) {
		size_t n = strcspn(words, " ");

		printf("\"%.*s\"%s", (int)n, words, words[n] ? "," : "");
		words += n + (words[n] != '\0');
	}
	printf("]%s", end);
}

static void print_hook_names(void)
{
	printf("\"hooks\":[");
	for (int i = 0; hooks_name(i); i++)
		printf("%s\"%s\"", i > 0 ? "," : "", hooks_name(i));
	printf("],");
}

/* By their numbers, each as the only one of a set. */
static void print_capabilities(void)
{
	const char *comma = "";

	printf("\"capabilities\":[");
	for (unsigned i = 0; i < 64; i++) {
		char text[CAPS_TEXT_MAX];

		if (!(caps_known() & 1ULL << i))
			continue;
		caps_text(text, 1ULL << i);
		printf("%s\"CAP_", comma);
		for (const char *c = text; *c; c++)
			putchar(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
		printf("\"");
		comma = ",";
	}
	printf("],");
}

static void print_seccomp(void)
{
	printf("\"seccomp\":{\"enabled\":true,");
	print_names("actions",
		    "SCMP_ACT_ALLOW SCMP_ACT_ERRNO SCMP_ACT_KILL "
		    "SCMP_ACT_KILL_PROCESS SCMP_ACT_KILL_THREAD SCMP_ACT_LOG "
		    "SCMP_ACT_TRACE SCMP_ACT_TRAP",
		    ",");
	print_names("operators",
		    "SCMP_CMP_EQ SCMP_CMP_GE SCMP_CMP_GT SCMP_CMP_LE "
		    "SCMP_CMP_LT SCMP_CMP_MASKED_EQ SCMP_CMP_NE",
		    ",");
	print_names("archs",
		    "SCMP_ARCH_AARCH64 SCMP_ARCH_ARM SCMP_ARCH_X32 "
		    "SCMP_ARCH_X86 SCMP_ARCH_X86_64",
		    ",");
	print_names("knownFlags",
		    "SECCOMP_FILTER_FLAG_TSYNC SECCOMP_FILTER_FLAG_SPEC_ALLOW "
		    "SECCOMP_FILTER_FLAG_LOG",
		    ",");
	print_names("supportedFlags",
		    "SECCOMP_FILTER_FLAG_TSYNC SECCOMP_FILTER_FLAG_SPEC_ALLOW "
		    "SECCOMP_FILTER_FLAG_LOG",
		    "},");
}

void features_print(void)
{
	printf("{\"ociVersionMin\":\"1.0.0\",\"ociVersionMax\":\"1.3.0\",");
	print_hook_names();
	print_names("mountOptions",
		    "async atime bind defaults dev diratime dirsync exec "
		    "lazytime mand noatime nodev nodiratime noexec "
		    "nolazytime nomand norelatime nostrictatime nosuid "
		    "nosymfollow private ratime rbind rdev rdiratime "
		    "relatime rexec rnoatime rnodev rnodiratime rnoexec "
		    "rnorelatime rnostrictatime rnosuid rnosymfollow ro "
		    "rprivate rrelatime rro rrw rshared rslave rstrictatime "
		    "rsuid rsymfollow runbindable rw shared slave "
		    "strictatime suid symfollow sync tmpcopyup unbindable",
		    ",\"linux\":{");
	print_names("namespaces", "cgroup ipc mount network pid time user uts",
		    ",");
	print_capabilities();
	printf("\"cgroup\":{\"v1\":true,\"v2\":true,\"systemd\":true,"
	       "\"systemdUser\":true,\"rdma\":true},");
	print_seccomp();
	printf("\"apparmor\":{\"enabled\":true},"
	       "\"selinux\":{\"enabled\":true},"
	       "\"intelRdt\":{\"enabled\":false}}}\n");
}
