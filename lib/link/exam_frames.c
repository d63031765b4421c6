/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which protocol the bytes are, and its records.  All protocols are tried;
 * the one whose sound records cover most of the bytes is spoken, and what its
 * own check proves counts more than what only looks so. */
#include <stdlib.h>

#include "link/exam_view.h"
#include "text/text.h"
#include "util/checksum.h"
#include "util/hex.h"

#define DC4 0x14

struct cut {
	size_t at, n;
	enum verdict verdict;
	struct signal signal;
};

/* The next piece of the bytes from *at on; false when what is left waits for more. */
static bool next_cut(const struct protocol *p, struct span bytes, size_t *at, bool at_end, struct cut *c)
{
	struct span rest = span_from(bytes, *at), piece = { 0 };
	while (rest.n) {
		c->verdict = p->frame(rest, at_end, &piece);
		c->at = (size_t)(rest.p - bytes.p);
		c->n = piece.n;
		if (piece.n == 0)
			return false;
		rest = span_from(rest, piece.n);
		*at = c->at + c->n;
		if (c->verdict == V_MORE)
			continue;
		if (c->verdict == V_OK)
			c->verdict = p->read(piece, &c->signal);
		return true;
	}
	return false;
}

static bool is_proved(const struct protocol *p)
{
	return p->proof == BY_CRC || p->proof == BY_SUM;
}

/* A record that names nobody may be any text, and so may what is damaged, but
 * for what ends with a check byte.  Text that has no form at all is a
 * protocol's only where that is expected. */
static size_t weight(const struct protocol *p, const struct cut *c)
{
	const struct signal *s = &c->signal;
	if (c->verdict != V_OK)
		return c->verdict != V_BAD_CHECK ? 0 : is_proved(p) ? c->n : 1;
	if (s->is_answer || p->proof == BY_NOTHING)
		return 0;
	if (is_proved(p))
		return 16 * c->n;
	return s->has_account || s->of_receiver ? 8 * c->n : 1;
}

static size_t score(const struct protocol *p, struct span bytes, bool at_end)
{
	struct cut c;
	size_t at = 0, sum = 0;
	bool sound = is_proved(p);
	while (next_cut(p, bytes, &at, at_end, &c)) {
		sum += weight(p, &c);
		sound |= c.verdict == V_OK;
	}
	return sound ? sum : 0;
}

/* Nothing more of a record comes when the line has been quiet for a second. */
static bool is_ended(const struct view *v)
{
	size_t n = view_n(v);
	return n && v->now - v->x->moment[v->moment[n - 1]].at > SECOND;
}

/* 14 as a decimal number is 0E. */
static void read_0e(struct view *v)
{
	struct span bytes = buf_view(&v->bytes);
	if (span_find(bytes, DC4) >= 0 || span_find(bytes, 0x0E) < 0)
		return;
	v->typed_0e = true;
	for (size_t i = 0; i < v->bytes.n; i++)
		if (v->bytes.p[i] == 0x0E)
			v->bytes.p[i] = DC4;
}

static const struct protocol *recognise(const struct view *v, size_t *best)
{
	const struct protocol *found = NULL, *expected = v->x->expected;
	bool at_end = is_ended(v);
	*best = expected && !expected->conversation ? score(expected, buf_view(&v->bytes), at_end) : 0;
	if (*best || (expected && expected->proof == BY_NOTHING))
		found = expected;
	for (const struct protocol *const *p = protocols; *p; p++) {
		size_t s = (*p)->conversation ? 0 : score(*p, buf_view(&v->bytes), at_end);
		if (s > *best) {
			*best = s;
			found = *p;
		}
	}
	return found;
}

static struct heard *add(struct view *v)
{
	if (v->records == v->room) {
		v->room = v->room ? v->room * 2 : 64;
		v->heard = xrealloc(v->heard, v->room * sizeof *v->heard);
	}
	return &v->heard[v->records++];
}

static void take(struct view *v, const struct cut *c)
{
	const struct signal *s = &c->signal;
	struct heard *h = add(v);
	size_t last = v->moment[c->at + c->n - 1];
	*h = (struct heard){
		.at = v->x->moment[last].at, .moment = last, .frame = s->frame, .seq = s->seq,
		.hash = hash_bytes(HASH_START, s->identity), .header = (uint8_t)(s->receiver.n + s->line.n), .account = (uint8_t)s->account.n,
		.strange = s->warnings & WARN(HEADER_UNKNOWN),
		.sort = s->is_answer ? HEARD_HOST : s->poll ? HEARD_HEARTBEAT : s->of_receiver ? HEARD_STATUS : HEARD_EVENT,
	};
	v->out->frames += h->sort != HEARD_HOST;
	v->out->heartbeats += h->sort == HEARD_HEARTBEAT;
	v->out->events += h->sort == HEARD_EVENT;
}

static void take_all(struct view *v, const struct protocol *p)
{
	struct cut c;
	size_t at = 0;
	while (next_cut(p, buf_view(&v->bytes), &at, is_ended(v), &c)) {
		if (c.verdict == V_OK)
			take(v, &c);
		else if (c.verdict == V_BAD_CHECK || c.verdict == V_MALFORMED) {
			if (!v->out->damaged++)
				v->damaged = span_of(v->bytes.p + c.at, c.n);
		}
	}
}

/* What a host says between this record and the next is its answer. */
static void find_answers(struct view *v)
{
	for (size_t i = 0; i < v->records; i++) {
		size_t end = i + 1 < v->records ? v->heard[i + 1].moment : v->x->n;
		for (size_t m = v->heard[i].moment + 1; m < end; m++) {
			const struct moment *said = &v->x->moment[m];
			v->heard[i].acked |= said->way == FROM_HOST && said->byte == 0x06;
			v->heard[i].refused |= said->way == FROM_HOST && said->byte == 0x15;
		}
	}
}

static void name_stranger(struct view *v)
{
	struct span bytes = buf_view(&v->bytes);
	const char *stranger = protocol_stranger(bytes);
	if (stranger)
		detail(find(v, SY_STRANGER, 95, bytes), "%s", _(stranger));
}

static bool all_words(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!is_digit(s.p[i]) && !(s.p[i] >= 'A' && s.p[i] <= 'Z'))
			return false;
	return s.n >= 8;
}

/* Sound characters that nothing reads. */
static void name_nothing(struct view *v)
{
	struct span bytes = buf_view(&v->bytes);
	bool unsound = findings_find(v->out, SY_FRAMING) || findings_find(v->out, SY_BREAK);
	if (bytes.n == 0 || unsound || findings_find(v->out, SY_STRANGER))
		return;
	if (all_words(bytes))
		find(v, SY_CP220_GUESS, 50, bytes);
	else
		find(v, SY_UNKNOWN_PROTOCOL, bytes.n > 20 ? 80 : 40, bytes);
}

static void name_protocol(struct view *v, const struct protocol *p, size_t best)
{
	const struct protocol *expected = v->x->expected;
	size_t covered = best / (is_proved(p) ? 16 : 8);
	unsigned sure = (unsigned)(100 * covered / (view_n(v) + 1));
	if (!is_proved(p) && sure > 90)
		sure = 90;
	detail(find(v, SY_PROTOCOL, v->out->frames > 1 ? sure : sure / 2, v->heard[0].frame), "%s, %s", p->name, _(p->title));
	if (expected && expected != p)
		detail(find(v, SY_OTHER_PROTOCOL, v->out->frames > 1 ? sure : sure / 2, v->heard[0].frame), "%s, %s", p->name, expected->name);
}

void view_frames(struct view *v)
{
	size_t best;
	read_0e(v);
	const struct protocol *p = recognise(v, &best);
	if (p) {
		v->out->proto = p;
		take_all(v, p);
		find_answers(v);
	}
	if (!v->out->frames)
		name_stranger(v);
	if (v->out->frames)
		name_protocol(v, p, best);
	else if (!v->out->damaged)
		name_nothing(v);
	if (v->typed_0e && v->out->frames)
		find(v, SY_TERMINATOR_0E, 90, v->heard[0].frame);
}
