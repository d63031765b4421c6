/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is counted for the report: for each panel (an account of a source) and
 * each receiver (an address that panels call).  Both in bounded number; what
 * is beyond the bound is counted together under no name. */
#ifndef VIGIE_ALARMCAP_TALLY_H
#define VIGIE_ALARMCAP_TALLY_H

#include "capture/packet.h"
#include "proto/proto.h"
#include "util/histogram.h"

#define RECEIVERS_MOST 256
#define EXAMPLE 160		/* bytes of a malformed frame that are kept */
#define FEW 128			/* delays that are kept one by one, before a histogram is */
#define PERIODS 32		/* intervals between polls that are remembered */

/* Delays in microseconds: exactly as long as they are few. */
struct delays {
	uint32_t n, most_us;
	uint32_t few[FEW];
	struct histogram *many;	/* NULL while they are few */
};
void delays_add(struct delays *d, int64_t us);
int64_t delays_at(struct delays *d, unsigned per_mille);

struct counts {
	uint64_t frames, polls;		/* polls are frames too */
	uint64_t answered, unanswered, naks, duhs;
	uint64_t repeats;		/* frames that came once more */
	uint64_t malformed;
	uint64_t connections;
	uint64_t closed_keys;		/* encrypted, and not opened */
	int64_t first_us, last_us;	/* frames */
	int64_t silence_us, silence_from_us;	/* the longest between two of them */
	struct delays delay;
	int64_t malformed_us;		/* the example's time */
	const char *malformed_why;	/* in English */
	uint8_t example_n;
	uint8_t example[EXAMPLE];
};

struct panel {
	struct panel *chain;
	struct receiver *receiver;	/* that it called last */
	const char *source;
	char *account;			/* NULL: those beyond the bound */
	struct counts count;
	int64_t poll_us;		/* the last one */
	uint32_t period_s[PERIODS];
	unsigned periods;
	bool has_drift;
	int32_t drift_ms, drift_least_ms, drift_most_ms;	/* its clock minus the capture's */
	uint64_t last_hash;		/* what it sent last, and how often */
	unsigned tries;
};

struct receiver {
	struct endpoint end;
	const char *source;
	const struct protocol *proto;
	uint8_t protocol;		/* IP_TCP, IP_UDP */
	struct counts count;
	uint64_t panels;		/* told apart */
	uint64_t resets, refused, open_before;	/* connections */
	uint64_t one_way;		/* connections of which one direction was captured */
	uint64_t again;			/* segments that TCP sent once more */
	uint64_t gaps, gap_bytes;	/* what was not captured */
	uint64_t stray;			/* answers to nothing that we saw */
	uint64_t strange;		/* bytes of the receiver that are no answer */
	uint64_t in_clear;		/* answers in clear to encrypted frames */
	uint64_t foreign;		/* connections of another protocol */
	const char *foreign_name;	/* in English */
	bool has_drift;
	int32_t drift_ms;		/* the receiver's clock, as its answers tell it */
};

struct tally {
	size_t panels_most;		/* set by the caller */
	struct panel **table;
	size_t room;
	struct panel **panel;		/* in the order in which they appeared */
	size_t panels;
	struct panel *others;		/* beyond the bound; NULL: none */
	struct receiver *receiver[RECEIVERS_MOST];
	unsigned receivers;
	int64_t first_us, last_us;	/* packets */
};

struct receiver *tally_receiver(struct tally *t, const struct endpoint *end, uint8_t protocol, const char *source,
                                const struct protocol *proto);
struct panel *tally_panel(struct tally *t, const char *source, struct span account);

/* A sound frame at that time. */
void counts_frame(struct counts *c, int64_t at_us);
void counts_malformed(struct counts *c, int64_t at_us, struct span bytes, const char *why);
void counts_answer(struct counts *c, enum answer a, int64_t delay_us);
void panel_poll(struct panel *p, int64_t at_us);
void panel_drift(struct panel *p, int64_t ms);

/* The longest silence, up to the end of the capture: a panel that stopped has the longest. */
int64_t counts_silence(const struct counts *c, int64_t end_us, int64_t *from_us);
/* Seconds between polls, the median; 0 when not known. */
uint32_t panel_period(const struct panel *p);

void tally_free(struct tally *t);

#endif
