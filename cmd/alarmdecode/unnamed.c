/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bytes that nothing names: "proto":"auto", -p auto, -f auto.  What they are
 * in is found first (proto/detect.h), then they are decoded as if it had been
 * said, each event with how sure that is and what else it could be. */
#include "decode.h"

#include "event/explain.h"

void mark_unnamed(struct decoder *d, struct event *ev)
{
	const struct detection *found = d->found;
	struct buf words = { 0 };
	detection_words(found, &words);
	event_data(ev, SPAN("sure"), span_str(sure_word(found->sure)));
	event_also(ev, buf_view(&words));
	ev->warnings |= found->reading[0].sure == SURE_CHECK ? 0 : WARN(DETECTED_BY_FORM);
	ev->warnings |= found->sure == SURE_DOUBTFUL ? WARN(DETECTED_DOUBTFUL) : 0;
	buf_free(&words);
}

/* What damage has kept from being read comes nearest. */
static void nothing_fits(struct decoder *d, const struct frame_in *f, const struct detection *found)
{
	struct frame_in nearest = *f;
	struct span account = { 0 };
	struct buf detail = { 0 };
	nearest.protocol = found->n ? found->reading[0].protocol : NULL;
	if (found->n == 0) {
		const char *other = protocols[0]->neighbour(f->bytes);
		decode_error(d, &nearest, other ? "neighbour" : "noise", other ? other : "no wire protocol and no event language fits", account);
		return;
	}
	const struct reading *r = &found->reading[0];
	struct signal s;
	if (nearest.protocol && nearest.protocol->read(f->bytes, &s) != V_NOT_MINE)
		account = s.account.n ? s.account : s.inner_account;
	buf_printf(&detail, "damaged, nearest is %s: %s", reading_name(r),
	           r->protocol ? warning_meaning(r->damage) : refusal_meaning(V_BAD_CHECK, r->refusal));
	for (unsigned i = 1; i < found->n; i++)
		buf_printf(&detail, "%s%s", i == 1 ? "; then " : ", ", reading_name(&found->reading[i]));
	decode_error(d, &nearest, r->protocol ? warning_word(r->damage) : refusal_word(V_BAD_CHECK, r->refusal), buf_cstr(&detail), account);
	buf_free(&detail);
}

static const char *sure_text(const struct detection *found)
{
	static const char *const proved[] = {
		[BY_FORM] = N_("by its form alone"), [BY_NOTHING] = N_("by its form alone"),
		[BY_ROUNDS] = N_("proved by its second round"), [BY_CHECK_DIGIT] = N_("proved by its check digit"),
		[BY_PARITY] = N_("proved by its parity"), [BY_SUM] = N_("proved by its sum"), [BY_CRC] = N_("proved by its CRC"),
	};
	const struct reading *r = &found->reading[0];
	switch (found->sure) {
	case SURE_CHECK: return _(proved[r->protocol ? r->protocol->proof : r->format->proof]);
	case SURE_FORM: return _("by its form alone");
	default: return _("DOUBTFUL");
	}
}

static bool take_frame(struct decoder *d, const struct frame_in *f)
{
	if (!d->explain)
		return decode_frame(d, f);
	decode_explain(d, f);
	return true;
}

static bool frames(struct decoder *d, struct frame_in *f)
{
	return decode_is_several(f) ? decode_several(d, f, take_frame) : take_frame(d, f);
}

/* In front of the frame, what it was taken for. */
static void explain_found(struct decoder *d, const struct detection *found)
{
	struct buf words = { 0 };
	if (d->explained)
		buf_byte(&d->out, '\n');
	d->explained = false;
	if (found->fit)
		buf_printf(&d->out, _("Recognised: %s, %s\n"), reading_name(&found->reading[0]), sure_text(found));
	else if (found->n)
		buf_printf(&d->out, _("Damaged; nearest is %s\n"), reading_name(&found->reading[0]));
	detection_words(found, &words);
	if (words.n)
		explain_say(&d->out, _("other readings"), "%s", buf_cstr(&words));
	buf_free(&words);
}

static void explain(struct decoder *d, struct frame_in *f, const struct detection *found)
{
	explain_found(d, found);
	f->protocol = found->n ? found->reading[0].protocol : NULL;
	d->format = found->n ? found->reading[0].format : NULL;
	if (found->fit && f->protocol)
		frames(d, f);
	else if (found->n)
		decode_explain(d, f);
	else
		explain_noise(d, f);
	d->format = NULL;
	d->explained = true;
}

/* As what has been found.  False: no event. */
static bool decode_found(struct decoder *d, struct frame_in *f, const struct detection *found)
{
	bool any = true;
	f->protocol = found->fit ? found->reading[0].protocol : NULL;
	d->found = found;
	if (d->explain) {
		explain(d, f, found);
	} else if (found->fit == 0) {
		nothing_fits(d, f, found);
	} else if (f->protocol) {
		any = frames(d, f);
	} else {
		d->format = found->reading[0].format;
		decode_payload(d, f);
		d->format = NULL;
	}
	d->found = NULL;
	return any;
}

bool decode_unnamed(struct decoder *d, const struct frame_in *f)
{
	struct detection found;
	struct frame_in frame = *f;
	detect(f->bytes, DETECT_FRAMES | DETECT_PAYLOADS, &d->list, &found);
	return decode_found(d, &frame, &found);
}

/* A frame with a check is found among the words of a log, too. */
static const struct protocol *among_words(struct span bytes)
{
	for (const struct protocol *const *p = protocols; *p; p++)
		if ((*p)->proof != BY_FORM && (*p)->proof != BY_NOTHING && decode_look(*p, bytes) == V_OK)
			return *p;
	return NULL;
}

/* The forms a line may stand for: without its escapes, with blanks for the
 * dots that stand for them, with the borders that a log has taken away, what
 * its hexadecimal digits are. */
enum { PLAIN, BLANKS, BORDERED, DIGITS, FORMS };

static bool surer(const struct detection *a, const struct detection *b)
{
	if (!a->fit != !b->fit)
		return a->fit;
	return a->fit ? a->reading[0].sure > b->reading[0].sure : a->n && !b->n;
}

/* Damage is told of the bytes as they were pasted, not of what was added to them. */
static void keep_surer(struct decoder *d, struct span bytes, unsigned form, struct span *best, struct detection *found)
{
	struct detection other;
	detect(bytes, d->unnamed, &d->list, &other);
	if (surer(&other, found) && (other.fit || form != BORDERED)) {
		*found = other;
		*best = bytes;
	}
}

static void decode_among(struct decoder *d, struct frame_in *f, const struct protocol *p, struct span bytes)
{
	struct detection proved = { .sure = SURE_CHECK, .fit = 1, .n = 1, .reading = { { .protocol = p, .sure = SURE_CHECK } } };
	f->protocol = p;
	d->found = &proved;
	decode_pieces(d, f, bytes, true);
	d->found = NULL;
}

static void decode_best(struct decoder *d, struct frame_in *f, struct span bytes, const struct detection *found)
{
	const struct protocol *inside = found->fit == 0 && d->unnamed & DETECT_FRAMES ? among_words(bytes) : NULL;
	if (inside) {
		decode_among(d, f, inside, bytes);
		return;
	}
	pasted_id(d, f);
	f->bytes = bytes;
	if (!decode_found(d, f, found))
		put_frame(&d->out, f);
}

static void write_forms(struct span text, struct buf form[FORMS])
{
	pasted_bytes(text, &form[PLAIN]);
	buf_span(&form[BLANKS], buf_view(&form[PLAIN]));
	dots_to_blanks(&form[BLANKS]);
	buf_byte(&form[BORDERED], '\n');
	buf_span(&form[BORDERED], buf_view(&form[BLANKS]));
	buf_byte(&form[BORDERED], '\r');
	if (!dump_digits(text, 2, &form[DIGITS]))
		buf_reset(&form[DIGITS]);
}

void pasted_unnamed(struct decoder *d, struct frame_in *f, struct span text, bool timed)
{
	struct buf form[FORMS] = { { 0 } };
	struct span best = text;
	struct detection found;
	f->protocol = NULL;
	detect(text, d->unnamed, &d->list, &found);
	bool itself = d->dump.offset == 0 && found.fit && found.reading[0].sure != SURE_DOUBTFUL;
	if (!itself && dump_take(d, text, f, timed))
		return;
	dump_end(d);
	write_forms(text, form);
	for (unsigned i = 0; i < FORMS; i++)
		keep_surer(d, buf_view(&form[i]), i, &best, &found);
	decode_best(d, f, best, &found);
	for (unsigned i = 0; i < FORMS; i++)
		buf_free(&form[i]);
}

void dumped_unnamed(struct decoder *d, struct frame_in *f, struct span bytes)
{
	struct detection found;
	detect(bytes, d->unnamed, &d->list, &found);
	decode_best(d, f, bytes, &found);
}

/* What reads the bytes, or a frame among them; NULL: nothing that is sure of it. */
static const char *reader_of(struct decoder *d, struct span bytes)
{
	struct detection found;
	detect(bytes, DETECT_FRAMES | DETECT_PAYLOADS, &d->list, &found);
	if (found.fit && found.reading[0].sure != SURE_DOUBTFUL)
		return reading_name(&found.reading[0]);
	const struct protocol *inside = among_words(bytes);
	return inside ? inside->name : NULL;
}

/* Who else speaks, in these bytes or in a word of a log. */
static const char *stranger_in(const struct protocol *p, struct span bytes)
{
	struct span rest = bytes, word;
	const char *other = p->neighbour ? p->neighbour(bytes) : NULL;
	while (!other && p->neighbour && span_word(&rest, &word))
		other = p->neighbour(word);
	return other;
}

static bool hint(struct decoder *d, const struct frame_in *f, struct span bytes)
{
	struct frame_in frame = *f;
	struct buf detail = { 0 };
	const char *reader = reader_of(d, bytes), *other = reader ? NULL : stranger_in(f->protocol, bytes);
	if (reader)
		buf_printf(&detail, "no frame of %s; %s fits: --protocol auto reads it", f->protocol->name, reader);
	if (reader || other) {
		pasted_id(d, &frame);
		frame.protocol = reader ? NULL : f->protocol;
		decode_error(d, &frame, "neighbour", other ? other : buf_cstr(&detail), (struct span){ 0 });
	}
	buf_free(&detail);
	return reader || other;
}

bool hint_unnamed(struct decoder *d, const struct frame_in *f)
{
	struct buf plain = { 0 }, digits = { 0 };
	pasted_bytes(f->bytes, &plain);
	bool told = hint(d, f, buf_view(&plain)) || (dump_digits(f->bytes, 2, &digits) && hint(d, f, buf_view(&digits)));
	buf_free(&plain);
	buf_free(&digits);
	return told;
}
