/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Acknowledges, so that a technician sees the receiver's memory drain.  What
 * is acknowledged has been written to standard output before: nothing else
 * keeps it. */
#include "answer.h"

#include "crypto/crypto.h"
#include "json/write.h"
#include "util/checksum.h"
#include "util/log.h"

void answers_begin(struct answers *a, struct probe *p)
{
	uint32_t chance;
	*a = (struct answers){ .probe = p, .proto = p->exam.expected };
	random_bytes(&chance, sizeof chance);
	epoch_new(a->epoch, p->loop.now, chance);
	node_name(&a->node);
	warn("%s", _("--answer takes signals off the receiver: they go to standard output and nowhere else"));
}

static struct span put_id(const struct answers *a, struct buf *id, uint64_t seq)
{
	buf_reset(id);
	buf_span(id, buf_view(&a->node));
	buf_printf(id, ".%s-%llu", a->epoch, (unsigned long long)seq);
	return buf_view(id);
}

static struct frame_record record_of(struct answers *a, struct span bytes)
{
	const struct source *s = &a->probe->settings->source;
	return (struct frame_record){
		.id = put_id(a, &a->id, ++a->seq), .at = a->probe->loop.now, .proto = a->proto, .source = s->name,
		.via = transport_via(s->transport), .bytes = bytes,
	};
}

static void write_out(struct answers *a)
{
	json_end(&a->record);
	buf_byte(&a->record, '\n');
	probe_print(a->probe, buf_view(&a->record));
}

static void keep(struct answers *a, const struct signal *s)
{
	struct buf first = { 0 };
	uint64_t hash = hash_bytes(HASH_START, s->identity);
	struct frame_record r = record_of(a, s->frame);
	r.reply = A_ACK;
	r.flags = s->warnings;
	if (a->last_seq && hash == a->last_hash)
		r.repeat = put_id(a, &first, a->last_seq);
	else
		a->last_seq = a->seq;
	a->last_hash = hash;
	buf_reset(&a->record);
	frame_record_begin(&a->record, &r);
	frame_record_answered(&a->record, &r);
	write_out(a);
	a->kept++;
	buf_free(&first);
}

static void keep_damaged(struct answers *a, struct span bytes, const char *error, const char *why)
{
	struct frame_record r = record_of(a, bytes);
	r.error = error;
	r.detail = why;
	for (unsigned part = 0; part < error_record_parts(&r); part++) {
		buf_reset(&a->record);
		error_record(&a->record, &r, part);
		write_out(a);
	}
}

static void reply(struct answers *a, const struct signal *s, enum answer what)
{
	struct context cx = { .now = a->probe->loop.now };
	buf_reset(&a->reply);
	a->proto->answer(s, &cx, what, &a->reply);
	if (a->reply.n && !line_send(&a->probe->line, buf_view(&a->reply)))
		warn("%s", _("an acknowledgement could not leave: the receiver will repeat"));
}

static bool is_faulty(const struct answers *a, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a->faults.p[i] != FAULT_NONE)
			return true;
	return false;
}

/* What came damaged is refused; what only means nothing to us is not. */
static void take(struct answers *a, struct span frame, enum verdict v)
{
	struct signal s = { .sent = CLOCK_NONE };
	bool faulty = is_faulty(a, frame.n);
	if (v == V_OK)
		v = a->proto->read(frame, &s);
	if (v == V_OK && s.is_answer)
		return;
	if (v == V_OK && !faulty) {
		if (!s.poll)
			keep(a, &s);
		reply(a, &s, A_ACK);
		return;
	}
	enum warning w = signal_damage(&s);
	keep_damaged(a, frame, faulty ? "line-error" : warning_word(w), faulty ? "bytes came with line errors" : warning_meaning(w));
	if (a->proto->refuses_damage && v != V_NOT_MINE)
		reply(a, &s, A_NAK);
}

/* Whoever did not say what to expect waits until it is recognised. */
static bool knows_protocol(struct answers *a)
{
	struct probe *p = a->probe;
	if (a->proto)
		return true;
	exam_judge(&p->exam, p->loop.now, &p->findings);
	a->proto = p->findings.frames ? p->findings.proto : NULL;
	return a->proto;
}

static void drop(struct answers *a, size_t n)
{
	buf_consume(&a->bytes, n);
	buf_consume(&a->faults, n);
}

void answers_take(struct answers *a, struct span bytes, const uint8_t *faults)
{
	struct span frame;
	buf_span(&a->bytes, bytes);
	for (size_t i = 0; i < bytes.n; i++)
		buf_byte(&a->faults, faults ? faults[i] : FAULT_NONE);
	while (a->bytes.n && knows_protocol(a)) {
		enum verdict v = a->proto->frame(buf_view(&a->bytes), false, &frame);
		if (frame.n == 0)
			return;
		if (v == V_NOT_MINE)
			keep_damaged(a, frame, "noise", "bytes that are no frame");
		else if (v != V_MORE)
			take(a, frame, v);
		drop(a, frame.n);
	}
}

void answers_end(struct answers *a)
{
	if (a->bytes.n)
		keep_damaged(a, buf_view(&a->bytes), "incomplete", "a frame was begun and not completed");
	buf_free(&a->bytes);
	buf_free(&a->faults);
	buf_free(&a->record);
	buf_free(&a->reply);
	buf_free(&a->id);
	buf_free(&a->node);
}
