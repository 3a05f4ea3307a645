/*
 * document - a JSON file that was named on the command line.
 */
#ifndef DOCUMENT_H
#define DOCUMENT_H

struct json_node;

/*
 * document_read - read a file, or standard input for "-"
 *
 * Returns its root, which lives to the exit. A file that cannot be read ends
 * the process with one line and EXIT_CANCELED, one that is no JSON with
 * EXIT_FAILURE.
 */
const struct json_node *document_read(const char *file);

/* document_folder - "DIR/" of a path that names DIR/FILE, "" for FILE */
const char *document_folder(const char *file);

#endif
