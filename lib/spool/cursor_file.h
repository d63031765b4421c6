/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cursors: how far a chain has come in a journal, under a name.  Each is a
 * folder DIR/cursors/NAME with
 *
 *	place		the place, when it moved last, and what it is
 *	follow.lock	held by the follow that reads from it
 *	commit.lock	held by the commit that moves it
 *	held		the record that it waits for, when that is overdue
 *
 * `place` is written anew, fsynced and renamed, so that a crash leaves the
 * old place or the new one. */
#ifndef VIGIE_SPOOL_CURSOR_FILE_H
#define VIGIE_SPOOL_CURSOR_FILE_H

#include <sys/types.h>

#include "spool/reader.h"

/* Zero-initialise, open, close. */
struct cursor_file {
	char *folder;
	struct place place;
	msec moved;		/* when place was written last */
	bool temporary;		/* ends with the follow that made it */
	bool held;		/* `held` was written, here or by an earlier commit */
};

enum cursor_side { CURSOR_FOLLOW, CURSOR_COMMIT };

/* Letters, digits and _ . -, at most 64 of them; neither "." nor "..". */
bool cursor_name_sound(const char *name);

/* Reads the cursor.  -1 and errno: ENOENT when there is none of that name,
 * EILSEQ when its file is not what a cursor writes. */
int cursor_open(struct cursor_file *c, const char *dir, const char *name);

/* Makes the folder where it is missing; nothing is read and no place written. */
int cursor_make(struct cursor_file *c, const char *dir, const char *name);

/* Writes c->place as it now is.  -1 and errno. */
int cursor_write(struct cursor_file *c);

/* As file_lock(): a descriptor that holds the lock, or -1 and errno,
 * EWOULDBLOCK with *holder when another process has it. */
int cursor_lock(const struct cursor_file *c, enum cursor_side side, pid_t *holder);

/* The process that holds the lock, 0 when none does.  Takes no lock itself. */
pid_t cursor_holder(const struct cursor_file *c, enum cursor_side side);

/* The overdue record, for `status`: its id and since when (the system's
 * clock).  cursor_unhold() takes it back; cursor_held() is false when
 * nothing is overdue. */
int cursor_hold(struct cursor_file *c, struct span id, msec since);
void cursor_unhold(struct cursor_file *c);
bool cursor_held(const struct cursor_file *c, struct buf *id, msec *since);

/* Removes the cursor, its folder and all. */
int cursor_remove(const struct cursor_file *c);

void cursor_close(struct cursor_file *c);

/* The names of all cursors of a journal, in their order.  Owned by the
 * caller, who frees them; none when there are no cursors. */
struct cursor_names {
	char **name;
	size_t n;
};
int cursor_names(struct cursor_names *names, const char *dir);
void cursor_names_free(struct cursor_names *names);

#endif
