/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an export writes: standard output, a file, or files in a folder.  A
 * file or folder is written under another name beside it and renamed once all
 * of it is on disk: it is whole, or not there.  What fails ends the process
 * with a message, and what was not finished is removed. */
#ifndef VIGIE_MCOURANTE_OUTPUT_H
#define VIGIE_MCOURANTE_OUTPUT_H

#include "crypto/crypto.h"

/* A file being written. */
struct output {
	int fd;
	const char *name;	/* for messages, and for the manifest */
	struct buf out;		/* what is to be written: fill it, then output_flush() now and then */
	struct digest digest;
};

void output_begin(struct output *o, int fd, const char *name);
void output_flush(struct output *o);		/* when there is much */
void output_end(struct output *o, bool sync);	/* all of it */

/* Where the unfinished file or folder lies: opens it; then it gets its name. */
int place_file(const char *path);
int place_folder(const char *path);
void place_finish(void);

#endif
