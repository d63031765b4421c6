/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal's one writer: store, then acknowledge.
 *
 * Records are queued; journal_flush() writes the queue and a helper thread
 * runs fdatasync; then done() is called on the loop's thread and the answers
 * of that batch may leave (group commit).  One batch is on its way at a
 * time; what is queued meanwhile is the next.  vigie-journal(5) tells the
 * files.  Without a directory the records go to stdout and done() follows
 * the write. */
#ifndef VIGIE_SPOOL_JOURNAL_H
#define VIGIE_SPOOL_JOURNAL_H

#include <pthread.h>

#include "event/id.h"
#include "loop/loop.h"

struct journal_options {
	const char *dir;	/* NULL: stdout */
	uint64_t segment_most;	/* bytes after which a new segment begins */
	uint64_t reserve;	/* bytes of disk kept free for a full disk; 0: none */
};

struct journal {
	/* Set by the caller before journal_open(). */
	struct loop *loop;
	/* The batch is on disk (error 0), or is not and nothing of it, nor of
	 * what was queued behind it, may be acknowledged: the queue has been
	 * dropped, a new epoch begun, and the panels will repeat. */
	void (*done)(struct journal *j, int error);
	/* Something people must know: the disk is full, a segment was given
	 * up, room is back.  The text is translated and ends without LF. */
	void (*tell)(struct journal *j, const char *text);

	/* The rest is internal, but for `epoch`, `seq`, `stored` and
	 * `queued`, which may be read. */
	struct journal_options options;
	char epoch[EPOCH_TEXT + 1];
	struct buf node;
	uint64_t seq;		/* of the record queued last */
	uint64_t stored;	/* of the last record of this epoch that is on disk */
	struct buf queue;	/* records not yet written */
	unsigned queued;	/* their count */
	struct buf needs;	/* descriptors, to be synced with the next batch */
	struct buf writing;	/* the batch on its way */
	struct buf needed;	/* its descriptors */
	bool busy;
	int dir_fd, segment_fd, lock_fd, reserve_fd;
	uint64_t segment_number, segment_size;
	struct watch finished;	/* eventfd that the helper thread rings */
	struct timer retry;	/* a failed open, or the reserve, is tried again */
	pthread_t thread;
	pthread_mutex_t mutex;
	pthread_cond_t wake;
	int sync_error;
	bool sync_wanted, sync_ended, quit;
	bool name_new;		/* the segment's name is not on disk yet */
	bool torn;		/* stdout: the last write broke off within a line */
	uint64_t writing_last;	/* number of the last record on its way */
	int trouble;		/* errno of the failure that still lasts, 0: none */
	enum { DISK_FREE, DISK_RESERVE, DISK_FULL } disk;	/* as people were last told */
};

/* Makes the directory (0700), takes the writer's lock, begins an epoch and
 * its first segment.  -1 and *why (translated). */
int journal_open(struct journal *j, const struct journal_options *options, const char **why);

/* The id that the next record will have, appended. */
void journal_id(const struct journal *j, struct buf *out);

/* Queues one record, whole with its LF, that carries the id journal_id() gave. */
void journal_append(struct journal *j, struct span line);

/* Takes over a descriptor of something that the records queued so far need: it
 * is on disk before they are, or they are not either. */
void journal_needs(struct journal *j, int fd);

/* Begins to write what is queued, unless a batch is on its way already;
 * the loop's after() hook calls it each turn. */
void journal_flush(struct journal *j);

/* Waits until all that is queued is on disk (or has failed), calling done(). */
void journal_drain(struct journal *j);

void journal_close(struct journal *j);

#endif
