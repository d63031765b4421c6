/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of the pipe: a frame becomes its events, all else goes on byte for
 * byte.  A line that is no record goes on too, with an error behind it. */
#include "decode.h"

#include "event/show.h"
#include "text/terminal.h"
#include "util/checksum.h"

#define TEXT_MOST ((size_t)1 << 20)	/* of a pasted line; what is longer is read in pieces */
#define SHOWN 16384			/* of a record that is too long, in its error */

enum { R_TYPE, R_ID, R_AT, R_PROTO, R_SOURCE, R_VIA, R_PEER, R_LOCAL, R_TEXT, R_HEX, R_CLEAR, R_REPLY, R_REPEAT, R_FLAGS, R_SINCE, R_DIR, R_COUNT };

/* All keys of a frame in their order, so that each is found at the first try. */
static const struct span wanted[R_COUNT] = {
	SPAN("type"), SPAN("id"), SPAN("at"), SPAN("proto"), SPAN("source"), SPAN("via"), SPAN("peer"), SPAN("local"),
	SPAN("text"), SPAN("hex"), SPAN("clear"), SPAN("reply"), SPAN("repeat"), SPAN("flags"),
	SPAN("since"), SPAN("dir"),
};

/* What has been appended since `began` is shown to a person instead. */
static void show_from(struct decoder *d, size_t began)
{
	static struct record shown;
	struct buf lines = { 0 };
	struct span rest = span_from(buf_view(&d->out), began), line;
	const char *why;
	if (!d->show)
		return;
	while (span_line(&rest, &line))
		if (record_parse(&shown, line, &why) == 0)
			record_show(&lines, &shown, d->colour);
		else
			terminal_text(&lines, d->colour, C_NONE, line), buf_byte(&lines, '\n');
	d->out.n = began;
	buf_span(&d->out, buf_view(&lines));
	buf_free(&lines);
}

static void pass_on(struct decoder *d, struct span line)
{
	buf_span(&d->out, line);
	if (line.n == 0 || line.p[line.n - 1] != '\n')
		buf_byte(&d->out, '\n');
}

/* Nothing names a line that is no record, so its content does: read again
 * after a restart, it is the same. */
static struct span line_id(struct decoder *d, struct span line)
{
	buf_reset(&d->id);
	buf_printf(&d->id, "line+record-bad.%016llx", (unsigned long long)hash_bytes(HASH_START, span_trim(line)));
	return buf_view(&d->id);
}

static msec stream_time(const struct decoder *d)
{
	return d->latest == CLOCK_NONE ? clock_now() : d->latest;
}

static void not_a_record(struct decoder *d, struct span line, const char *why)
{
	struct frame_in f = { .id = line_id(d, line), .at = stream_time(d), .bytes = span_sub(line, 0, SHOWN) };
	decode_error(d, &f, "record-bad", why, (struct span){ 0 });
}

static bool add_flag(void *with, struct span key, struct span value)
{
	warnings *set = with;
	struct buf scratch = { 0 };
	struct span word = json_text(value, &scratch);
	(void)key;
	for (enum warning w = 0; w < W_COUNT; w++)
		if (span_is(word, warning_word(w)))
			*set |= UINT64_C(1) << w;
	buf_free(&scratch);
	return true;
}

/* Reception refused it: the panel repeats, or gives up.  A person must know why. */
static void refused(struct decoder *d, const struct frame_in *f, bool nak)
{
	static const enum warning reasons[] = { W_KEY_MISSING, W_KEY_WRONG, W_UNENCRYPTED, W_ACCOUNT_UNKNOWN, W_TOKEN_UNKNOWN };
	enum warning why = !nak ? W_STRUCTURE_BAD : f->flags & WARN(FILE_LOST) ? W_FILE_LOST : W_TIME_WINDOW;
	if (f->flags & WARN(REFUSED))
		why = W_REFUSED;
	struct signal s;
	for (size_t i = 0; !nak && i < sizeof reasons / sizeof *reasons; i++)
		if (f->flags >> reasons[i] & 1) {
			why = reasons[i];
			break;
		}
	f->protocol->read(f->bytes, &s);
	decode_error(d, f, warning_word(why), warning_meaning(why), s.account.n ? s.account : s.inner_account);
}

/* The record's frame; false when something that it cannot do without is missing. */
static bool read_frame(struct decoder *d, const struct span raw[R_COUNT], struct frame_in *f)
{
	f->at = d->latest;
	f->id = json_text(raw[R_ID], &d->id);
	f->source = json_text(raw[R_SOURCE], &d->source);
	f->peer = json_text(raw[R_PEER], &d->peer);
	f->unnamed = d->unnamed & DETECT_FRAMES || (!d->protocol && span_eq(raw[R_PROTO], SPAN("\"auto\"")));
	f->protocol = d->protocol ? d->protocol : protocol_find(json_text(raw[R_PROTO], &d->text));
	if (raw[R_FLAGS].n)
		json_each(raw[R_FLAGS], add_flag, &f->flags);
	if (raw[R_SINCE].n > 2 && raw[R_SINCE].p[0] == '"')
		f->since = raw[R_SINCE];
	if (raw[R_REPEAT].n > 2 && raw[R_REPEAT].p[0] == '"')
		f->repeat = raw[R_REPEAT];
	if (raw[R_REPLY].n > 2 && raw[R_REPLY].p[0] == '"')
		f->reply = span_sub(raw[R_REPLY], 1, raw[R_REPLY].n - 2);
	if (raw[R_CLEAR].n)
		f->clear = json_text(raw[R_CLEAR], &d->clear);
	buf_reset(&d->bytes);
	bool has_bytes = json_raw_bytes(raw[R_TEXT], raw[R_HEX], &d->bytes) == 0;
	f->bytes = buf_view(&d->bytes);
	f->at = clock_parse(json_text(raw[R_AT], &d->text));
	return has_bytes && f->at != CLOCK_NONE && f->id.n && (f->protocol || f->unnamed);
}

static void bad_frame(struct decoder *d, struct span line, struct frame_in *f)
{
	bool known = f->protocol || f->unnamed;
	pass_on(d, line);
	if (f->id.n == 0)
		f->id = line_id(d, line);
	decode_error(d, f, known ? "record-bad" : "protocol-unknown",
	             known ? "a frame record lacks its id, time or bytes" : "a frame of a protocol that is not known",
	             (struct span){ 0 });
}

/* Appends what the frame means; when it means nothing new, the line as it came. */
static void take_frame(struct decoder *d, struct span line, const struct span raw[R_COUNT])
{
	struct frame_in f = { 0 };
	bool nak = span_eq(raw[R_REPLY], SPAN("\"nak\"")), duh = span_eq(raw[R_REPLY], SPAN("\"duh\""));
	bool sound = read_frame(d, raw, &f);
	if (f.at == CLOCK_NONE)
		f.at = stream_time(d);
	else if (f.at > d->latest)
		d->latest = f.at;
	d->bad |= d->explain && (nak || duh);
	if (d->explain && f.unnamed && f.bytes.n)
		decode_unnamed(d, &f);
	else if (d->explain && f.protocol && f.bytes.n)
		decode_explain(d, &f);
	else if (!sound)
		bad_frame(d, line, &f);
	else if (f.repeat.n && !(f.flags & WARN(REPEAT_UNSURE)))
		pass_on(d, line);	/* its event has been printed */
	else if (span_eq(raw[R_DIR], SPAN("\"out\"")))
		pass_on(d, line);	/* a receiver's words to a panel: no signal */
	else if (f.protocol && (nak || duh))
		refused(d, &f, nak);
	else if (!(f.unnamed ? decode_unnamed : decode_frame)(d, &f))
		pass_on(d, line);
}

static void take_record(struct decoder *d, struct span line)
{
	struct span raw[R_COUNT];
	const char *why;
	if (record_read(&d->record, line, wanted, R_COUNT, raw, &why) < 0) {
		pass_on(d, line);
		not_a_record(d, line, why);
		return;
	}
	/* An error's bytes can be explained as well as a frame's. */
	if (span_eq(raw[R_TYPE], SPAN("\"frame\"")) || (d->explain && raw[R_PROTO].n && span_eq(raw[R_TYPE], SPAN("\"error\"")))) {
		take_frame(d, line, raw);
		return;
	}
	msec at = clock_parse(json_text(raw[R_AT], &d->text));
	if (at != CLOCK_NONE && at > d->latest)
		d->latest = at;
	if (d->explain)
		record_show(&d->out, &d->record, d->colour);
	else
		pass_on(d, line);
}

/* A record that is too long goes on in the pieces in which it comes. */
static void pass_piece(struct decoder *d, struct span piece, bool torn)
{
	struct buf *begin = &d->long_line;
	buf_span(&d->out, piece);
	buf_span(begin, span_sub(piece, 0, begin->n < SHOWN ? SHOWN - begin->n : 0));
	d->passing = torn;
	if (torn)
		return;
	not_a_record(d, buf_view(begin), "longer than 64 KiB");
	buf_reset(begin);
}

static void take_piece(struct decoder *d, struct span piece, bool torn)
{
	struct buf *text = &d->long_line;
	buf_span(text, piece);
	if (torn && text->n < TEXT_MOST)
		return;
	decode_pasted(d, span_trim(buf_view(text)));
	buf_reset(text);
}

static void take_text(struct decoder *d, struct span line, struct span text)
{
	if (text.n) {
		d->records = false;
		decode_pasted(d, text);
	} else if (d->records && !d->explain) {
		pass_on(d, line);
	}
}

void decode_line(struct decoder *d, struct span line, bool within, bool torn)
{
	size_t began = d->out.n;
	struct span text = span_trim(line);
	bool record = d->passing || (!within && text.n && text.p[0] == '{');
	bool piece = within || (torn && line.n >= RECORD_MOST);
	if (record) {
		dump_end(d);
		d->records = true;
	}
	if (record && piece)
		pass_piece(d, line, torn);
	else if (record)
		take_record(d, line);
	else if (piece)
		take_piece(d, line, torn);
	else
		take_text(d, line, text);
	if (!d->explain)
		show_from(d, began);
}

void decode_end(struct decoder *d)
{
	size_t began = d->out.n;
	if (d->passing)
		pass_piece(d, SPAN("\n"), false);
	else if (d->long_line.n)
		take_piece(d, (struct span){ 0 }, false);
	dump_end(d);
	if (!d->explain)
		show_from(d, began);
}
