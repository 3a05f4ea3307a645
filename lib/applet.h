/*
 * applet - what an applet declares, and the parser that its table drives.
 *
 * One table of options feeds the parser, --help, the man page and the
 * completions (doc.h), so that none of them can differ from the others.
 * This module and nothing else in lib prints and exits: it speaks for the
 * dispatcher when a command line is wrong.
 */
#ifndef APPLET_H
#define APPLET_H

#include <stdbool.h>
#include <stddef.h>

struct chain;
struct fault;

/* Exit status, the same for every applet; else the command's own, or 128+N. */
enum {
	EXIT_NO = 1,	    /* the answer is no */
	EXIT_LATE = 124,    /* a time limit ran out */
	EXIT_TOOL = 125,    /* the tool failed, or was called wrongly */
	EXIT_CANNOT = 126,  /* the command cannot be executed */
	EXIT_MISSING = 127, /* the command was not found */
};

/*
 * An option that may be given alone or with a value: --ack, --ack=5. The last
 * one given counts: it is bare, or it has a value, or there was none.
 */
struct maybe {
	bool bare;
	const char *value;
};

/*
 * An option that may be given several times, in order. Options that share the
 * field are kept in the order of the command line; one without a value leaves
 * its own name there.
 */
struct words {
	int n;
	const char **v; /* allocated, and left to the exit */
};

/*
 * Options of several values each, that may be given several times, in order.
 * As many words follow the option as its metavariable has: "SRC DST" is two.
 * Options that share the field are kept in the order of the command line.
 */
struct series {
	int n;
	struct order {
		const char *name; /* the option's, as in its table */
		char **v;	  /* its first value; the others follow */
	} * at;			  /* allocated, and left to the exit */
};

/* A length of time from the command line: seconds, with a fraction if need be.
 */
struct span {
	bool given;
	int ms; /* 0..INT_MAX */
};

enum opt_kind {
	OPT_NONE,   /* ends a table */
	OPT_FLAG,   /* bool */
	OPT_INT,    /* int, 0..INT_MAX */
	OPT_STR,    /* const char * */
	OPT_SPAN,   /* struct span */
	OPT_WORDS,  /* struct words; without a value: adds its name */
	OPT_MAYBE,  /* struct maybe: --name or --name=VALUE */
	OPT_SERIES, /* struct series: --name VALUE... */
};

struct opt {
	enum opt_kind kind;
	char letter;	   /* 0: none */
	bool directory;	   /* OPT_DIR below */
	const char *name;  /* as the long option; '_' stands for '-' */
	const char *value; /* name of the value in help, NULL for a flag */
	const char *help;  /* one sentence, no capital, no full stop */
	size_t offset;	   /* of the field in the applet's struct args */
};

/* The field's type chooses the parser, so table and struct cannot disagree. */
#define OPT_NAMED(letter_, name_, field_, value_, help_)                       \
	{                                                                      \
		.kind = _Generic(((struct args *)0)->field_, \
		bool: OPT_FLAG, int: OPT_INT, const char *: OPT_STR, \
		struct span: OPT_SPAN, struct words: OPT_WORDS, \
		struct maybe: OPT_MAYBE, struct series: OPT_SERIES), \
	.letter = (letter_), .name = (name_), .value = (value_), \
	.help = (help_), .offset = offsetof(struct args, field_)                 \
	}

/* OPT - an option called as its field: letter (or 0), field, value, help. */
#define OPT(letter_, field_, value_, help_)                                    \
	OPT_NAMED(letter_, #field_, field_, value_, help_)

/*
 * OPT_DIR - as OPT_NAMED for a struct maybe whose value is a directory: the
 * long form also takes the next word where that word names an existing
 * directory, which could never be the command.
 *
 * The bare form is then a thing of its own, and can be given beside a value.
 */
#define OPT_DIR(letter_, name_, field_, value_, help_)                         \
	{                                                                      \
		.kind = OPT_MAYBE, .directory = true, .letter = (letter_),     \
		.name = (name_), .value = (value_), .help = (help_),           \
		.offset = offsetof(struct args, field_)                        \
	}

#define OPT_END                                                                \
	{                                                                      \
		.kind = OPT_NONE                                               \
	}

/* Room for the long form of any option. */
#define OPT_TYPED_MAX 64

/* opt_typed - the long form as it is typed: "--console-socket" */
const char *opt_typed(char buf[OPT_TYPED_MAX], const struct opt *o);

/* OPT_TYPED - opt_typed() into a buffer that lives to the end of the block. */
#define OPT_TYPED(opt_) opt_typed((char[OPT_TYPED_MAX]){ 0 }, opt_)

/* opt_bare - does the option never take a value? */
bool opt_bare(const struct opt *o);

/* opt_valued - does it always take one? Else it is --name or --name=VALUE. */
bool opt_valued(const struct opt *o);

/* opt_values - how many words follow it: 0, 1, or more for OPT_SERIES */
int opt_values(const struct opt *o);

/* A line of the example section: a command and what it is good for. */
struct example {
	const char *command;
	const char *text;
};

struct applet {
	const char *name;
	const char *brief;		/* one line, for --help, --list, man */
	const char *operands;		/* "[--] COMMAND [ARG]...", or "" */
	int least, most;		/* operands wanted; most < 0: any */
	bool command;			/* operands end in a command to run */
	bool enters;			/* enters a root, see seal.h */
	const struct opt *opts;		/* sorted by letter, ends in OPT_END */
	const char *const *about;	/* paragraphs, ends in NULL */
	const struct example *examples; /* ends in { NULL, NULL } */
	const char *const *exits;	/* pairs "STATUS", "meaning"; NULL */
	const char *see;		/* "unshare(1), pty(7)", sorted */

	/*
	 * One of the two; argv[0] is the applet's name. Returns the exit
	 * status. A step is a tool that becomes its command (chain.h): chain
	 * is what the tools before it have left to the last one.
	 */
	int (*run)(const struct applet *self, char **argv);
	int (*step)(const struct applet *self, char **argv,
		    struct chain *chain);
};

/* The table of applets, sorted by name, ends in NULL; the program defines it.
 */
extern const struct applet *const applets[];

/* applet_find - the applet of that name, or NULL */
const struct applet *applet_find(const char *name);

/*
 * applet_options - parse options up to the first operand or "--"
 *
 * self   whose table is used
 * words  the words to parse, NULL at the end
 * args   the applet's struct args; fields of options not met stay as they are
 *
 * Returns the first word that is no option ("--" itself is skipped). --help
 * prints and exits 0; a bad option prints one line and exits EXIT_TOOL.
 */
char **applet_options(const struct applet *self, char **words, void *args);

/*
 * applet_args - parse a whole command line: options, then operands
 *
 * argv  argv[0] is the applet's name
 *
 * Returns the operands, at least self->least and at most self->most of them;
 * else prints one line and exits EXIT_TOOL.
 */
char **applet_args(const struct applet *self, char **argv, void *args);

/*
 * applet_alloc - room for n things of a size, for as long as the applet runs
 *
 * Returns it, zeroed; ends with one line where there is no memory.
 */
void *applet_alloc(size_t n, size_t size);

/*
 * applet_exit - write what stdout still holds, and exit
 *
 * Exits with status, or prints one line and exits EXIT_TOOL where stdout could
 * not be written. What an applet's run() returns comes here.
 */
void applet_exit(int status) __attribute__((noreturn));

/*
 * applet_usage - end with a line that says how the call was wrong
 *
 * Prints "NAME: TEXT; try 'NAME --help'" and exits EXIT_TOOL.
 */
void applet_usage(const struct applet *self, const char *format, ...)
	__attribute__((noreturn, format(printf, 2, 3)));

/*
 * applet_bad - end over a value that could not be parsed
 *
 * option  as it is typed: "--wait"
 * wanted  what it should be; where errno is ERANGE, it is too large instead
 */
void applet_bad(const struct applet *self, const char *option,
		const char *value, const char *wanted)
	__attribute__((noreturn));

/* applet_fail - print a fault as one line and exit with that status */
void applet_fail(int status, const struct fault *f) __attribute__((noreturn));

/* applet_warn - print a fault as one line */
void applet_warn(const struct fault *f);

/* applet_given - was the option given, bare or with a value? */
bool applet_given(const struct maybe *m);

/*
 * applet_uid - the user that an option such as --peer-uid names
 *
 * Returns 0..4294967294, -1 where text is NULL. A bad one ends as applet_usage.
 */
long long applet_uid(const struct applet *self, const char *option,
		     const char *text);

/*
 * applet_millis - the time limit in ms that an optional value gives
 *
 * option    as it is typed, for the message: "--wait"
 * m         its value
 * fallback  what the bare option means, ms, or -1 for no limit
 *
 * Returns ms, fallback when m has no value. A bad value ends as applet_usage.
 */
int applet_millis(const struct applet *self, const char *option,
		  const struct maybe *m, int fallback);

#endif
