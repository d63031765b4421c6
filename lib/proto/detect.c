/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules, from strong to weak:
 *
 *	a check that is right proves a reading: no other is its equal
 *	a form that fits is a reading, doubtful where another fits as well,
 *	where a part has no reading, or a code stands in no public table
 *	a check that is wrong, in bytes that are built like nothing else,
 *	makes every reading by form alone doubtful
 *
 * So damage never passes for something else unsaid. */
#include "proto/detect.h"

#define PIECES_MOST 64	/* frames of one stretch of bytes */

const char *sure_word(enum sure s)
{
	static const char *const words[] = { [SURE_DOUBTFUL] = "doubtful", [SURE_FORM] = "form", [SURE_CHECK] = "check" };
	return words[s];
}

const char *reading_name(const struct reading *r)
{
	return r->protocol ? r->protocol->name : r->format->name;
}

static bool has_check(const struct reading *r)
{
	return (r->protocol ? r->protocol->proof : r->format->proof) != BY_FORM;
}

static void add(struct detection *d, const struct reading *r)
{
	if (d->n < READINGS_MOST)
		d->reading[d->n++] = *r;
}

static bool is_fill(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!memchr("\0\t\n\r ", s.p[i], 5))
			return false;
	return true;
}

/* A record that names no subscriber, and of which the receiver does not speak
 * for itself, is words as well. */
static enum sure sure_of(const struct protocol *p, const struct signal *s)
{
	bool sealed_check = s->encrypted && s->key_number;	/* VdS 2465 seals its sum too */
	bool checked = !(s->warnings & WARN(CHECK_MISSING));
	if (p->proof != BY_FORM && checked && !sealed_check)
		return SURE_CHECK;
	return !s->is_answer && (s->has_account || s->of_receiver) ? SURE_FORM : SURE_DOUBTFUL;
}

/* Does the last byte end what until then could have gone on? */
static bool ends_itself(const struct protocol *p, struct span bytes, enum verdict as)
{
	struct span piece;
	return bytes.n && p->frame(bytes, false, &piece) == as && p->frame(span_sub(bytes, 0, bytes.n - 1), false, &piece) == V_MORE;
}

/* Frames to the last byte, of which the weakest counts. */
static bool fits(const struct protocol *p, struct span bytes, struct reading *r)
{
	struct span piece;
	unsigned frames = 0;
	r->sure = SURE_CHECK;
	r->ended = ends_itself(p, bytes, V_OK);
	for (; bytes.n && !(frames && is_fill(bytes)); bytes = span_from(bytes, piece.n)) {
		struct signal s;
		if (frames++ == PIECES_MOST || p->frame(bytes, true, &piece) != V_OK || p->read(piece, &s) != V_OK)
			return false;
		r->format = span_eq(s.payload, s.frame) ? s.format : NULL;
		enum sure sure = sure_of(p, &s);
		r->sure = sure < r->sure ? sure : r->sure;
	}
	return frames;
}

/* One frame to the last byte, all right but for its check; of those that
 * have none, but for its width.  Not what it knows for somebody else's. */
static bool nearly(const struct protocol *p, struct span bytes, struct reading *r)
{
	struct span piece;
	struct signal s;
	if (p->neighbour && p->neighbour(bytes))
		return false;
	if (p->proof == BY_NOTHING || p->frame(bytes, true, &piece) != V_BAD_CHECK || !is_fill(span_from(bytes, piece.n)) || p->read(piece, &s) == V_OK)
		return false;
	r->damage = signal_damage(&s);
	if (p->proof == BY_FORM)
		return ends_itself(p, bytes, V_BAD_CHECK);
	/* A frame that is a payload from end to end is built like it. */
	bool like = !s.format || !s.format->resembles || !span_eq(s.payload, piece) || s.format->resembles(piece);
	return like && r->damage != W_WIDTH_BAD && r->damage != W_STRUCTURE_BAD;
}

static void try_protocol(const struct protocol *p, struct span bytes, struct detection *d)
{
	struct reading r = { .protocol = p };
	if (p->proof != BY_NOTHING && fits(p, bytes, &r))
		add(d, &r);
}

static bool has_public_codes(const struct format *f)
{
	static const struct code_table *const tables[] = { &sia_codes, &cid_codes, &vds_codes };
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		if (strcmp(f->name, tables[i]->format) == 0)
			return true;
	return false;
}

static enum sure sure_of_events(const struct format *f, const struct event_list *list)
{
	enum sure sure = SURE_CHECK;
	for (unsigned i = 0; i < list->n; i++) {
		const struct event *ev = &list->event[i];
		bool strange = ev->unreadable || ev->warnings & WARN(EXTRA_DATA_FIELD) ||
		               (ev->warnings & WARN(CODE_UNKNOWN) && has_public_codes(f));
		enum sure one = ev->checked ? SURE_CHECK : strange ? SURE_DOUBTFUL : SURE_FORM;
		sure = one < sure ? one : sure;
	}
	return sure;
}

static void try_format(const struct format *f, struct span bytes, struct event_list *list, struct detection *d)
{
	for (unsigned i = 0; i < d->n; i++)
		if (d->reading[i].format == f)
			return;
	event_list_reset(list);
	if (f->decode(bytes, LANG_EN, list) != V_OK)
		return;
	struct reading r = { .format = f, .sure = sure_of_events(f, list), .ended = true };
	add(d, &r);
}

static bool nearly_format(const struct format *f, struct span bytes, struct event_list *list)
{
	event_list_reset(list);
	return f->decode(bytes, LANG_EN, list) == V_BAD_CHECK && (!f->resembles || f->resembles(bytes));
}

static unsigned rank(const struct reading *r)
{
	return 2 * (unsigned)r->sure + r->ended;
}

/* The surest in front, then those that lack nothing, then in the order of the registries. */
static void sort(struct detection *d)
{
	for (unsigned i = 1; i < d->fit; i++) {
		struct reading r = d->reading[i];
		unsigned at = i;
		for (; at > 0 && rank(&d->reading[at - 1]) < rank(&r); at--)
			d->reading[at] = d->reading[at - 1];
		d->reading[at] = r;
	}
}

/* Those with a check come nearer than those without one. */
static void add_damaged(struct span bytes, unsigned what, struct event_list *list, struct detection *d)
{
	for (const struct protocol *const *p = protocols; *p && what & DETECT_FRAMES; p++) {
		struct reading r = { .protocol = *p };
		if (has_check(&r) && nearly(*p, bytes, &r))
			add(d, &r);
	}
	for (const struct format *const *f = formats; *f && what & DETECT_PAYLOADS; f++) {
		struct reading r = { .format = *f };
		if (!nearly_format(*f, bytes, list))
			continue;
		r.refusal = list->refusal;
		add(d, &r);
	}
	bool no_form = d->fit == 0 || d->reading[0].sure == SURE_DOUBTFUL;
	for (const struct protocol *const *p = protocols; *p && no_form && what & DETECT_FRAMES; p++) {
		struct reading r = { .protocol = *p };
		if (!has_check(&r) && nearly(*p, bytes, &r))
			add(d, &r);
	}
}

/* What is doubtful in itself is nothing beside something that damage alone has spoilt. */
static void drop_doubtful(struct detection *d)
{
	bool spoilt = d->n > d->fit && has_check(&d->reading[d->fit]);
	if (d->fit && d->reading[0].sure == SURE_DOUBTFUL && spoilt) {
		d->n -= d->fit;
		memmove(d->reading, d->reading + d->fit, d->n * sizeof *d->reading);
		d->fit = 0;
	}
}

static void judge(struct detection *d)
{
	d->sure = d->fit ? d->reading[0].sure : SURE_DOUBTFUL;
	for (unsigned i = 1; i < d->n; i++) {
		const struct reading *r = &d->reading[i];
		bool rival = i < d->fit ? r->sure == d->reading[0].sure : has_check(r) && d->sure == SURE_FORM;
		if (rival)
			d->sure = SURE_DOUBTFUL;
	}
}

/* Does a CRC prove the last that was tried?  Sixteen bits leave nothing to look for. */
static bool is_certain(const struct detection *d)
{
	const struct reading *r = d->n ? &d->reading[d->n - 1] : NULL;
	return r && r->sure == SURE_CHECK && (r->protocol ? r->protocol->proof : r->format->proof) == BY_CRC;
}

static void try_all(struct span bytes, unsigned what, struct event_list *list, struct detection *d)
{
	for (const struct protocol *const *p = protocols; *p && what & DETECT_FRAMES && !is_certain(d); p++)
		try_protocol(*p, bytes, d);
	for (const struct format *const *f = formats; *f && what & DETECT_PAYLOADS && !is_certain(d); f++)
		try_format(*f, bytes, list, d);
	d->fit = d->n;
}

void detect(struct span bytes, unsigned what, struct event_list *list, struct detection *d)
{
	d->fit = d->n = 0;
	d->sure = SURE_DOUBTFUL;
	if (bytes.n == 0 || bytes.n > DETECT_MOST)
		return;
	try_all(bytes, what, list, d);
	sort(d);
	if (d->fit == 0 || d->reading[0].sure != SURE_CHECK)
		add_damaged(bytes, what, list, d);
	drop_doubtful(d);
	judge(d);
	event_list_reset(list);
}

void detection_words(const struct detection *d, struct buf *out)
{
	bool proved = d->fit && d->reading[0].sure == SURE_CHECK;
	for (unsigned i = d->fit ? 1 : 0; i < d->n; i++) {
		const struct reading *r = &d->reading[i];
		if (proved && r->sure == SURE_DOUBTFUL)
			continue;
		buf_str(out, out->n ? " " : "");
		buf_str(out, i < d->fit ? "also-" : "damaged-");
		buf_str(out, reading_name(r));
	}
}
