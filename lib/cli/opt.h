/*
 * opt - the options of a tool, as one table.
 *
 * The table feeds the parser, --help, the man page and the completions (doc.h),
 * so that none of them can differ from the others.
 */
#ifndef OPT_H
#define OPT_H

#include <stdbool.h>
#include <stddef.h>

struct applet;

/*
 * An option that may be given alone or with a value: --ack, --ack=5. The last
 * one given counts: it is bare, or it has a value, or there was none.
 */
struct optarg {
	bool bare;
	const char *value;
};

/*
 * An option that may be given several times, in order. Options that share the
 * field are kept in the order of the command line; one without a value leaves
 * its own name there.
 */
struct strlist {
	int n;
	const char **v; /* allocated, and left to the exit */
};

/*
 * An option that may be given alone, with a directory, or both, and with
 * several directories.
 */
struct dirlist {
	bool bare;
	struct strlist dirs;
};

/*
 * Options of several values each, that may be given several times, in order.
 * As many words follow the option as its metavariable has: "SRC DST" is two.
 * Options that share the field are kept in the order of the command line.
 */
struct oplist {
	int n;
	struct op {
		const char *name; /* the option's, as in its table */
		char **v;	  /* its first value; the others follow */
	} * at;			  /* allocated, and left to the exit */
};

/* A length of time from the command line: seconds, with a fraction if need be.
 */
struct duration {
	bool given;
	int ms; /* 0..INT_MAX */
};

enum opt_kind {
	OPT_NONE,     /* ends a table */
	OPT_HELP,     /* every tool's: print the help, and exit */
	OPT_VERSION,  /* every tool's: print the version, and exit */
	OPT_FLAG,     /* bool */
	OPT_INT,      /* int, 0..INT_MAX */
	OPT_STR,      /* const char * */
	OPT_DURATION, /* struct duration */
	OPT_STRLIST,  /* struct strlist; without a value: adds its name */
	OPT_OPTARG,   /* struct optarg: --name or --name=VALUE */
	OPT_DIRLIST,  /* struct dirlist: OPT_DIR below */
	OPT_OPLIST,   /* struct oplist: --name VALUE... */
};

struct opt {
	unsigned char kind;    /* enum opt_kind */
	char letter;	       /* 0: none */
	unsigned short offset; /* of the field in the applet's struct args */
	const char *name;  /* as the long option; '_' stands for '-'. After its
			    * NUL follows the help, see opt_help() */
	const char *value; /* name of the value in help, NULL for a flag */
};

/* The field's type chooses the parser, so table and struct cannot disagree. */
#define OPT_NAMED(letter_, name_, field_, value_, help_)                       \
	{                                                                      \
		.kind = _Generic(((struct args *)0)->field_, \
		bool: OPT_FLAG, int: OPT_INT, const char *: OPT_STR, \
		struct duration: OPT_DURATION, struct strlist: OPT_STRLIST, \
		struct optarg: OPT_OPTARG, struct dirlist: OPT_DIRLIST, \
		struct oplist: OPT_OPLIST), \
	.letter = (letter_), .name = name_ "\0" help_, .value = (value_), \
	.offset = offsetof(struct args, field_)                 \
	}

/* OPT - an option called as its field: letter (or 0), field, value, help. */
#define OPT(letter_, field_, value_, help_)                                    \
	OPT_NAMED(letter_, #field_, field_, value_, help_)

/*
 * OPT_DIR - as OPT_NAMED, for a struct dirlist: --name or --name=DIR. The long
 * form also takes the next word where that word names an existing directory,
 * which could never be the command, and does not begin with "-".
 */
#define OPT_DIR(letter_, name_, field_, value_, help_)                         \
	OPT_NAMED(letter_, name_, field_, value_, help_)

#define OPT_END                                                                \
	{                                                                      \
		.kind = OPT_NONE                                               \
	}

/*
 * opt_next - the options of an applet in order: its own, then those that every
 * applet has, --help and --version
 *
 * o  the one before; NULL for the first
 *
 * Returns NULL after the last.
 */
const struct opt *opt_next(const struct applet *self, const struct opt *o);

/* Room for the long form of any option. */
#define OPT_TYPED_MAX 64

/* opt_typed - the long form as it is typed: "--console-socket" */
const char *opt_typed(char buf[OPT_TYPED_MAX], const struct opt *o);

/* OPT_TYPED - opt_typed() into a buffer that lives to the end of the block. */
#define OPT_TYPED(opt_) opt_typed((char[OPT_TYPED_MAX]){ 0 }, opt_)

/* opt_help - one sentence, no capital, no full stop */
const char *opt_help(const struct opt *o);

/* opt_bare - does the option never take a value? */
bool opt_bare(const struct opt *o);

/* opt_valued - does it always take one? Else it is --name or --name=VALUE. */
bool opt_valued(const struct opt *o);

/* opt_values - how many words follow it: 0, 1, or more for OPT_OPLIST */
int opt_values(const struct opt *o);

#endif
