/* root - the root of a container: mounts, devices, what is hidden in it */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "json/json.h"
#include "ocispec/report.h"
#include "ocispec/schema.h"
#include "ocispec/spec.h"
#include "root/mountopt.h"

const char *spec_clean(const char *path)
{
	char *text = malloc(strlen(path) + 2), *to = text;

	if (!text)
		return path;
	while (*path) {
		size_t n = strcspn(path += strspn(path, "/"), "/");

		if (n == 2 && strncmp(path, "..", 2) == 0) {
			while (to > text && *--to != '/')
				;
		} else if (n > 0 && !(n == 1 && *path == '.')) {
			*to++ = '/';
			memcpy(to, path, n);
			to += n;
		}
		path += n;
	}
	if (to == text)
		*to++ = '/';
	*to = '\0';
	return text;
}

/* A destination, or NULL. */
static const char *destination(struct spec *s, const struct json_node *mount)
{
	const struct json_node *to = json_get(mount, "destination");

	if (!to || !*value_string(to)) {
		report_missing(s->report, mount, "destination", "want a path");
		return NULL;
	}
	if (*to->text != '/')
		report_warning(s->report, to, "%s is relative, taken from /",
			       Q(to->text));
	return spec_clean(to->text);
}

static bool has_option(const struct json_node *options, const char *word)
{
	for (const struct json_node *o = options ? options->first : NULL; o;
	     o = o->next)
		if (strcmp(value_string(o), word) == 0)
			return true;
	return false;
}

/* Is it one that a bind knows? Nothing else reads it: it would be ignored. */
static bool bind_knows(const char *word)
{
	struct mountopt o;

	return mountopt_parse(&o, word) == 0 && o.n == 0;
}

/* Would newroot read another option into that one, or it into another? */
static bool is_option(const char *word)
{
	size_t n = strlen(word);

	return *word != '=' && !strchr(word, ',') &&
	       (n == 0 || word[n - 1] != '\\');
}

static void add_map(struct words *maps, const struct json_node *list, char type)
{
	for (const struct json_node *m = list ? list->first : NULL; m;
	     m = m->next)
		words_print(maps, "%c:%" PRIu64 ":%" PRIu64 ":%" PRIu64, type,
			    field_uint(m, "containerID", 0),
			    field_uint(m, "hostID", 0),
			    field_uint(m, "size", 0));
}

/* CONTAINER-HOST-SIZE */
static bool add_triple(struct words *maps, char *text, char type)
{
	unsigned id[3];
	char *word;
	int n = 0;

	while ((word = strsep(&text, "-")))
		if (n == 3 || text_id(word, &id[n++]) < 0)
			return false;
	if (n < 3 || id[2] == 0)
		return false;
	words_print(maps, "%c:%u:%u:%u", type, id[0], id[1], id[2]);
	return true;
}

/* uids=CONTAINER-HOST-SIZE[#...];gids=..., which crun takes in an option */
static bool add_triples(struct words *maps, const char *text)
{
	char *rest = (char *)words_format("%s", text), *list, *triple;

	while ((list = strsep(&rest, ";"))) {
		const char type = *list;

		if (strncmp(list, "uids=", 5) != 0 &&
		    strncmp(list, "gids=", 5) != 0)
			return false;
		list += 5;
		while ((triple = strsep(&list, "#")))
			if (!add_triple(maps, triple, type))
				return false;
	}
	return true;
}

/* The maps that such an option has, or NULL. */
static const char *maps_in(const char *word)
{
	if (*word == 'r')
		word++;
	return strncmp(word, "idmap=", 6) == 0 ? word + 6 : NULL;
}

/* The maps of the last option that has some; of the fields else. */
static void find_maps(struct spec *s, const struct json_node *mount,
		      struct words *maps)
{
	const struct json_node *options = field_array(mount, "options"),
			       *found = NULL;
	const char *text;

	for (const struct json_node *o = options ? options->first : NULL; o;
	     o = o->next)
		if (maps_in(value_string(o)))
			found = o;
	if (found) {
		text = maps_in(value_string(found));
		if (!add_triples(maps, text))
			report_error(s->report, found,
				     "want uids=CONTAINER-HOST-SIZE;gids=..., "
				     "not %s",
				     Q(text));
		return;
	}
	add_map(maps, field_array(mount, "uidMappings"), 'u');
	add_map(maps, field_array(mount, "gidMappings"), 'g');
}

/* Does one of the maps begin so? */
static bool has_map(const struct words *maps, char type)
{
	for (size_t i = 0; i < maps->n; i++)
		if (*maps->v[i] == type)
			return true;
	return false;
}

/* Whether the root is set up in a user namespace, which has no right to map the
 * owners of the host's file systems. */
static bool has_user_namespace(const struct spec *s)
{
	const struct json_node *list = field_array(json_get(s->config, "linux"),
						   "namespaces");

	for (const struct json_node *n = list ? list->first : NULL; n;
	     n = n->next)
		if (strcmp(field_string(n, "type", ""), "user") == 0)
			return true;
	return false;
}

/* The ids of an idmapped mount, as mount(8) has them. */
static void add_idmap(struct spec *s, const struct json_node *mount,
		      struct words *options, bool bind)
{
	const struct json_node *list = field_array(mount, "options");
	const bool asked = has_option(list, "idmap") ||
			   has_option(list, "ridmap");
	struct words maps = { 0 };

	find_maps(s, mount, &maps);
	if (maps.n == 0 && !asked)
		return;
	if (!bind)
		report_error(s->report, mount, "only a bind has ids mapped");
	if (has_user_namespace(s))
		report_error(s->report, mount,
			     "no ids can be mapped in a user namespace: not "
			     "supported");
	else if (!has_map(&maps, 'u') || !has_map(&maps, 'g'))
		report_error(s->report, mount,
			     "want uidMappings and gidMappings");
	words_print(options, "X-mount.idmap=%s", words_join(&maps, ' '));
}

/* The options of a mount, commas in between. */
static const char *options_of(struct spec *s, const struct json_node *mount,
			      bool bind)
{
	const struct json_node *options = field_array(mount, "options");
	struct words list = { 0 };

	if (bind && !has_option(options, "bind") &&
	    !has_option(options, "rbind"))
		words_add(&list, "bind");
	for (const struct json_node *o = options ? options->first : NULL; o;
	     o = o->next) {
		const char *word = value_string(o);

		if (!is_option(word))
			report_error(s->report, o, "want one option, not %s",
				     Q(word));
		else if (maps_in(word))
			words_add(&list, *word == 'r' ? "ridmap" : "idmap");
		else if (bind && !bind_knows(word))
			report_warning(s->report, o,
				       "a bind has no option %s, not set",
				       Q(word));
		else
			words_add(&list, word);
	}
	add_idmap(s, mount, &list, bind);
	return words_join(&list, ',');
}

static void refuse_mount_field(struct spec *s, const struct json_node *object,
			       const char *name)
{
	const struct json_node *field = json_get(object, name);

	if (field && (field->type != JSON_STRING || *field->text) &&
	    (field->type != JSON_ARRAY || field->n > 0))
		report_error(s->report, field, "is not supported");
}

static bool is_bind(const struct json_node *mount)
{
	const struct json_node *options = field_array(mount, "options");

	return strcmp(field_string(mount, "type", ""), "bind") == 0 ||
	       has_option(options, "bind") || has_option(options, "rbind");
}

/* Is that mount one of all that is in /dev, with the devices of the host? They
 * are not the container's to change. */
static bool is_host_dev(const struct json_node *mount)
{
	return is_bind(mount) &&
	       strcmp(spec_clean(field_string(mount, "destination", "")),
		      "/dev") == 0;
}

static void add_mount(struct spec *s, const struct json_node *mount)
{
	const char *to = destination(s, mount),
		   *type = field_string(mount, "type", ""),
		   *source = field_string(mount, "source", "");
	const bool bind = is_bind(mount);

	if (bind && !*source)
		report_missing(s->report, mount, "source",
			       "a bind needs a path");
	if (!bind && (!*type || strcmp(type, "none") == 0))
		report_missing(s->report, mount, "type",
			       "want a type of file system");
	if (!to)
		return;
	words_add2(&s->newroot, "--mount", bind ? "bind" : type);
	words_add(&s->newroot, bind	 ? spec_path(s, source)
			       : *source ? source
					 : type);
	words_add2(&s->newroot, to, options_of(s, mount, bind));
}

static const struct json_node *linux_of(const struct spec *s)
{
	return json_get(s->config, "linux");
}

static void device_words(struct spec *s, const struct json_node *device)
{
	const char *type = field_string(device, "type", ""),
		   *path = field_string(device, "path", "");
	const bool fifo = strcmp(type, "p") == 0;
	int64_t major = field_int(device, "major", fifo ? 0 : -1),
		minor = field_int(device, "minor", fifo ? 0 : -1);

	if (strlen(type) != 1 || !strchr("cbup", *type))
		report_missing(
			s->report, device, "type",
			words_format("want c, b, u or p, not %s", Q(type)));
	if (*path != '/')
		report_missing(s->report, device, "path",
			       "want an absolute path");
	if (major < 0 || minor < 0)
		report_error(s->report, device, "want major and minor");
	/* The link to the container's own is there: the host's gives terminals
	 * of the host's where it can only be bound. */
	if (*path != '/' || strcmp(spec_clean(path), "/dev/ptmx") == 0)
		return;
	words_add2(&s->newroot, "--device", spec_clean(path));
	words_add(&s->newroot, *type == 'u' ? "c" : type);
	words_print(&s->newroot, "%" PRId64 ":%" PRId64, major, minor);
	/* Some callers have the bits of the type in it as well. */
	words_print(&s->newroot, "%04o",
		    (unsigned)field_uint(device, "fileMode", 0666) & 07777);
	words_print(&s->newroot, "%" PRIu64 ":%" PRIu64,
		    field_uint(device, "uid", 0), field_uint(device, "gid", 0));
}

static void add_paths(struct spec *s, const char *name, const char *option)
{
	const struct json_node *list = field_array(linux_of(s), name);

	for (const struct json_node *p = list ? list->first : NULL; p;
	     p = p->next) {
		const char *path = value_string(p);

		if (*path != '/')
			report_error(s->report, p, "want an absolute path");
		else
			words_add2(&s->newroot, option, spec_clean(path));
	}
}

static void propagation_words(struct spec *s)
{
	static const char *const known[] = {
		"private", "rprivate", "slave",	     "rslave",
		"shared",  "rshared",  "unbindable", "runbindable",
	};
	const struct json_node *field = json_get(linux_of(s),
						 "rootfsPropagation");
	const char *word = field ? value_string(field) : "";

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (strcmp(word, known[i]) != 0)
			continue;
		words_add2(&s->newroot, "--propagation", word);
		return;
	}
	if (*word)
		report_error(s->report, field, "no such propagation: %s",
			     Q(word));
}

/*
 * confine makes a working directory that is missing, but in a root that is
 * read-only by then it is too late. Where it cannot be made here, confine says
 * why it cannot be entered, or the process may enter it with its own ids.
 */
static void directory_words(struct spec *s, bool read_only)
{
	const char *cwd = field_string(s->process, "cwd", "/");

	if (read_only && *cwd == '/' && strcmp(spec_clean(cwd), "/") != 0)
		words_add2(&s->newroot, "--dir-try", spec_clean(cwd));
}

/* The standard ones in the container's /dev, which may be the image's, and
 * those of the spec. */
static void devices_words(struct spec *s)
{
	const struct json_node *list = field_array(linux_of(s), "devices");

	words_add2(&s->newroot, "--devices", "/dev");
	for (const struct json_node *d = list ? list->first : NULL; d;
	     d = d->next)
		device_words(s, d);
}

static void mounts_words(struct spec *s)
{
	const struct json_node *list = field_array(s->config, "mounts"),
			       *options;
	bool host_dev = false, devpts = false, shared = false;

	for (const struct json_node *m = list ? list->first : NULL; m;
	     m = m->next) {
		options = field_array(m, "options");
		add_mount(s, m);
		host_dev = host_dev || is_host_dev(m);
		devpts = devpts ||
			 strcmp(field_string(m, "type", ""), "devpts") == 0;
		if (is_bind(m))
			shared = shared || has_option(options, "shared") ||
				 has_option(options, "rshared");
	}
	/* What is mounted in it is to be seen by the host. */
	if (shared)
		words_add2(&s->ptyfork, "--propagation", "unchanged");
	if (!host_dev)
		devices_words(s);
	else if (!devpts && spec_terminal(s))
		words_add(&s->ptyfork, "--caller-devpts");
}

void root_words(struct spec *s)
{
	const struct json_node *root = json_get(s->config, "root");
	const char *path = field_string(root, "path", "");

	if (!*path)
		report_missing(s->report, root ? root : s->config,
			       root ? "path" : "root", "want a root");
	s->rootfs = spec_path(s, path);
	propagation_words(s);
	if (field_bool(root, "readonly"))
		words_add(&s->newroot, "--read-only");
	mounts_words(s);
	directory_words(s, field_bool(root, "readonly"));
	add_paths(s, "maskedPaths", "--mask");
	add_paths(s, "readonlyPaths", "--readonly-path");
	refuse_mount_field(s, linux_of(s), "mountLabel");
	refuse_mount_field(s, linux_of(s), "netDevices");
	refuse_mount_field(s, linux_of(s), "intelRdt");
	refuse_mount_field(s, linux_of(s), "memoryPolicy");
}
