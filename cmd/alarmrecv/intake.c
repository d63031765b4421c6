/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The way of a frame through reception: cut off, read, opened, judged,
 * queued, answered.  What a panel must never hear is a refusal of an alarm
 * that we could have taken: unknown codes, letters, tokens and accounts are
 * acknowledged and handed on for a person to look at. */
#include "intake.h"

#include <stdlib.h>

#include "crypto/crypto.h"
#include "files.h"
#include "link/marks.h"
#include "recall.h"
#include "record.h"
#include "util/checksum.h"

#define FORMS 4096	/* places to remember an account's CRC form in */
#define RETRIES(window) ((window) < 2 * MINUTE ? (window) : 2 * MINUTE)	/* for a panel to dial again and again */

/* A signal under judgement. */
struct judged {
	struct signal signal;
	const struct key *key;
	const struct account *account;
	struct outcome outcome;
};

static const warnings form_words = WARN(CRC_BINARY) | WARN(CRC_INCLUDES_CR) | WARN(LENGTH_INCLUDES_CR);

static struct span account_of(const struct signal *s)
{
	return s->account.n ? s->account : s->inner_account;
}

/* Encrypted ones are in time when they are at most so far from our clock.
 * The panel's time has whole seconds: what is left of its second is not held
 * against it.  VdS 2465 has counters in its place. */
static bool in_time(const struct judged *j, msec now)
{
	msec sent = j->signal.sent;
	bool off = j->key->behind == 0 && j->key->ahead == 0;
	if (off || j->signal.key_number)
		return true;
	return sent != CLOCK_NONE && sent + SECOND > now - j->key->behind && sent <= now + j->key->ahead;
}

static struct span without_zeros(struct span s)
{
	while (s.n && s.p[0] == '0')
		s = span_from(s, 1);
	return s;
}

/* With another account inside, one subscriber's key would sign for another.
 * Zeros in front are padding, and 0000 names nobody. */
static bool signs_for_another(const struct signal *s)
{
	struct span inner = without_zeros(s->inner_account);
	return inner.n && s->account.n && !span_eq_nocase(inner, without_zeros(s->account));
}

static enum answer refuse(struct judged *j, enum answer a, warnings why)
{
	j->outcome.flags |= why;
	return a;
}

static enum answer judge_encrypted(struct intake *in, struct judged *j, const struct origin *from)
{
	struct context cx = { .now = in->loop->now, .key = j->key, .opened = &in->opened };
	warnings header = j->signal.warnings;
	if (!j->key)
		return refuse(j, A_DUH, WARN(KEY_MISSING));
	enum verdict v = from->proto->open(&j->signal, &cx);
	j->outcome.flags |= header | j->signal.warnings;
	if (v != V_OK || signs_for_another(&j->signal))
		return refuse(j, A_DUH, WARN(KEY_WRONG));
	return in_time(j, in->loop->now) ? A_ACK : refuse(j, A_NAK, WARN(TIME_WINDOW));
}

/* In clear from an account that has a key: anybody could have sent it.  Link
 * tests in clear are legal and common. */
static enum answer judge_clear(struct intake *in, struct judged *j)
{
	bool refused = j->account && j->account->refuse_clear;
	if (j->signal.poll || (!j->key && !refused))
		return A_ACK;
	refused |= j->key && (in->policy.refuse_clear || j->key->refuse_clear);
	return refuse(j, refused ? A_DUH : A_ACK, WARN(UNENCRYPTED));
}

/* Strict receivers answer DUH to what they cannot read. */
static bool is_readable(const struct judged *j, const struct origin *from)
{
	struct event_list list = { 0 };
	from->proto->events(&j->signal, LANG_EN, &list);
	bool good = !(j->signal.warnings & (WARN(STRUCTURE_BAD) | WARN(TOKEN_UNKNOWN)));
	for (unsigned i = 0; i < list.n; i++)
		good &= !list.event[i].unreadable && !(list.event[i].warnings & WARN(STRUCTURE_BAD));
	event_list_free(&list);
	return good;
}

/* The CRC form of an account seldom changes; when it does somebody should know. */
static void note_form(struct intake *in, struct judged *j, const struct origin *from)
{
	uint64_t hash = hash_bytes(hash_bytes(HASH_START, span_str(from->source)), account_of(&j->signal)) | 1;
	warnings form = j->signal.warnings & form_words;
	unsigned at = hash % FORMS;
	if (in->forms[at].hash == hash && in->forms[at].form != form)
		j->outcome.flags |= WARN(MODE_CHANGED);
	in->forms[at].hash = hash;
	in->forms[at].form = form;
}

/* The wire fills some accounts up with zeros; where two would fit, neither is meant. */
static const struct account *find_account(struct intake *in, const struct origin *from, const struct signal *s, struct span account)
{
	const struct account *found = accounts_find(&in->accounts, from->source, s->line, account);
	while (s->zeros_in_front && account.n > 1 && account.p[0] == '0') {
		account = span_from(account, 1);
		const struct account *shorter = accounts_find(&in->accounts, from->source, s->line, account);
		if (found && shorter)
			return NULL;
		found = shorter ? shorter : found;
	}
	return found;
}

static enum answer judge(struct intake *in, struct judged *j, const struct origin *from)
{
	const struct signal *s = &j->signal;
	struct span account = account_of(s);
	if (s->of_receiver && account.n == 0)	/* supervised as account 0000 of its source */
		account = SPAN(RECEIVER_ACCOUNT);
	j->account = find_account(in, from, s, account);
	j->key = from->proto->open ? keys_of(&in->keys, s) : NULL;	/* else nothing is ever encrypted, and clear text no sign of anything */
	if (s->is_answer || (in->policy.strict && s->lenient_only))
		return A_NONE;
	enum answer a = s->encrypted ? judge_encrypted(in, j, from) : judge_clear(in, j);
	if (in->accounts.n && !j->account && !s->of_receiver) {
		j->outcome.flags |= WARN(ACCOUNT_UNKNOWN);
		a = in->policy.refuse_unknown && a == A_ACK ? A_DUH : a;
	}
	/* What was encrypted shows only now how well it is built. */
	if (in->policy.strict && a == A_ACK && (s->lenient_only || !is_readable(j, from)))
		a = A_DUH;
	return a;
}

/* A sound poll that changes nothing carries no signal. */
static bool is_idle_poll(const struct intake *in, const struct judged *j)
{
	return j->signal.poll && j->outcome.answer == A_ACK && !in->policy.journal_polls &&
	       !(j->outcome.flags & (WARN(ACCOUNT_UNKNOWN) | WARN(MODE_CHANGED))) &&
	       !supervision_is_down(&in->supervision, j->account);
}

/* A receiver's line carries one record at a time; on a port that panels share
 * each of them does. */
struct last *intake_last(struct intake *in, const struct protocol *proto, const char *source, struct span account)
{
	uint64_t hash = hash_bytes(HASH_START, span_str(source));
	if (proto->conversation)
		hash = hash_bytes(hash, account);
	return &in->last[hash % LAST];
}

/* Who waits for each answer repeats what came last.  An alarm, its end and
 * the same alarm again are three events.  After a start the last one is not
 * known, and any may be. */
static bool came_last(struct last *last, const struct origin *from, uint64_t hash)
{
	bool same = last->hash == 0 || last->hash == hash;
	*last = (struct last){ .hash = hash, .settled = same && last->settled };
	return same || !from->proto->one_at_a_time;
}

/* Each copy comes soon behind the one before it, however many there are. */
static const struct repeat *extend(struct intake *in, const struct repeat *r, uint64_t hash)
{
	struct repeat known = *r;
	repeats_add(&in->repeats, hash, known.sent, in->loop->now, in->policy.repeat_window, known.epoch, known.seq);
	return repeats_find(&in->repeats, hash, in->loop->now, in->policy.repeat_window);
}

static void find_repeat(struct intake *in, struct judged *j, const struct origin *from)
{
	msec now = in->loop->now, window = in->policy.repeat_window;
	bool link_test = j->signal.poll || span_is(j->signal.token, "NULL");	/* each counts, whatever it carries */
	if (link_test || j->outcome.answer != A_ACK || window <= 0)
		return;
	uint64_t hash = repeats_hash(&in->repeats, from->source, &j->signal);
	struct last *last = intake_last(in, from->proto, from->source, account_of(&j->signal));
	msec most = repeats_window(&j->signal, window);
	bool retries = from->proto->conversation && from->proto->one_at_a_time;	/* on a new connection, minutes later */
	const struct repeat *r = came_last(last, from, hash) ? repeats_find(&in->repeats, hash, now, retries ? RETRIES(window) : most) : NULL;
	if (r && (!repeat_is_sure(r, j->signal.sent, now) || now - r->at > most || last->settled))
		j->outcome.flags |= WARN(REPEAT_UNSURE);
	last->settled = false;
	j->outcome.repeat = r;
	if (j->outcome.repeat && from->proto->one_at_a_time)
		j->outcome.repeat = extend(in, j->outcome.repeat, hash);
	else if (!j->outcome.repeat)
		repeats_add(&in->repeats, hash, j->signal.sent, now, window, in->journal->epoch, in->journal->seq + 1);
}

static void take_chance(struct intake *in, void *out, size_t n)
{
	if (in->chance_n < n) {
		random_bytes(in->chance, sizeof in->chance);
		in->chance_n = sizeof in->chance;
	}
	in->chance_n -= n;
	memcpy(out, in->chance + in->chance_n, n);
}

static void answer(struct intake *in, const struct judged *j, const struct origin *from, struct buf *reply)
{
	struct context cx = { .now = in->loop->now, .key = j->key, .session = from->session };
	if (j->signal.encrypted && j->outcome.answer == A_ACK)
		take_chance(in, cx.pad, sizeof cx.pad);
	from->proto->answer(&j->signal, &cx, j->outcome.answer, reply);
}

/* "192.0.2.7:51234: account 1002: encrypted, and our key does not open it" */
static void tell_why(struct intake *in, const struct origin *from, struct span account, enum warning why)
{
	struct buf *out = &in->scratch;
	if (!in->tell)
		return;
	buf_reset(out);
	if (from->peer.n)
		buf_printf(out, "%.*s: ", (int)from->peer.n, (const char *)from->peer.p);
	if (account.n)
		buf_printf(out, _("account %.*s: "), (int)account.n, (const char *)account.p);
	buf_str(out, _(warning_meaning(why)));
	in->tell(in, buf_cstr(out));
}

/* An installer at the panel asks why it is refused. */
static void tell_refused(struct intake *in, const struct origin *from, const struct judged *j)
{
	static const enum warning reasons[] = {
		W_FILE_LOST, W_KEY_MISSING, W_KEY_WRONG, W_TIME_WINDOW, W_UNENCRYPTED, W_ACCOUNT_UNKNOWN, W_TOKEN_UNKNOWN, W_STRUCTURE_BAD,
	};
	size_t i = 0, n = sizeof reasons / sizeof *reasons;
	while (i + 1 < n && !(j->outcome.flags & UINT64_C(1) << reasons[i]))
		i++;
	tell_why(in, from, account_of(&j->signal), reasons[i]);
}

static const struct account *account_of_receiver(const struct intake *in, const struct origin *from, const struct signal *s)
{
	return accounts_find(&in->accounts, from->source, s->line, SPAN(RECEIVER_ACCOUNT));
}

/* May it be an old one?  True: it brings a receiver back. */
static bool judge_time(struct intake *in, struct judged *j, const struct origin *from)
{
	const struct account *own = account_of_receiver(in, from, &j->signal);
	if (!receivers_speak(from->proto))
		return false;
	struct receiver *x = receivers_of(&in->receivers, from->source);
	msec since = receiver_kept_since(&in->receivers, x, own, j->signal.poll);
	if (since != CLOCK_NONE && !j->signal.poll) {	/* a heartbeat is made when it is sent */
		j->outcome.since = since;
		j->outcome.flags |= WARN(DELAYED);
	}
	return receiver_is_down(&in->receivers, x, own);
}

/* Whatever a receiver hands on shows that it lives: under load it sends no heartbeats. */
static void note_receiver(struct intake *in, const struct judged *j, const struct origin *from)
{
	bool again = j->outcome.repeat && !(j->outcome.flags & WARN(REPEAT_UNSURE));
	if (receivers_speak(from->proto))
		receiver_heard(&in->receivers, receivers_of(&in->receivers, from->source),
		               account_of_receiver(in, from, &j->signal), from->proto, j->signal.poll, again);
}

static void take_signal(struct intake *in, const struct origin *from, struct judged *j, struct buf *reply, struct taken *t)
{
	if (from->session && account_of(&j->signal).n == 0)
		j->signal.inner_account = buf_view(&from->session->account);
	j->outcome.flags = j->signal.warnings;
	t->answer = judge(in, j, from);
	if (from->session && files_store(in->journal, from->session) < 0 && t->answer == A_ACK)
		t->answer = refuse(j, A_NAK, WARN(FILE_LOST));
	j->outcome.answer = t->answer;
	j->outcome.flags |= j->signal.warnings;
	bool known = j->account || (in->accounts.n == 0 && t->answer == A_ACK);
	t->standing = known ? KNOWN_ACCOUNT : SPOKE_SOUNDLY;
	t->silence = j->account ? j->account->silence : 0;
	size_t before = reply->n;
	answer(in, j, from, reply);
	j->outcome.unasked = t->answer == A_ACK && reply->n == before;
	if (t->answer == A_ACK)
		note_form(in, j, from);
	else if (t->answer != A_NONE)
		tell_refused(in, from, j);
	bool news = t->answer != A_NONE && judge_time(in, j, from);
	if (is_idle_poll(in, j) && !news) {
		in->polls++;
	} else {
		find_repeat(in, j, from);
		record_frame(in, from, &j->signal, &j->outcome);
		t->stored = true;
		t->seq = in->journal->seq;
	}
	if (t->answer == A_ACK)
		supervision_heard(&in->supervision, j->account, from->source, j->signal.interval);
	if (t->answer != A_NONE)
		note_receiver(in, j, from);
	if (j->outcome.unasked)
		t->answer = A_NONE;
}

static void record_warned(struct intake *in, const struct origin *from, struct span frame, enum warning w, struct span account)
{
	struct error e = { warning_word(w), warning_meaning(w), frame, account };
	record_error(in, from, &e);
}

static void take_frame(struct intake *in, const struct origin *from, struct span frame, struct buf *reply, struct taken *t)
{
	struct judged j = { .outcome.since = CLOCK_NONE };
	buf_reset(&in->opened);
	if (from->proto->read(frame, &j.signal) == V_MALFORMED)
		record_warned(in, from, frame, W_STRUCTURE_BAD, account_of(&j.signal));
	else
		take_signal(in, from, &j, reply, t);
	if (in->opened.n)
		wipe(in->opened.p, in->opened.n);
}

/* A panel repeats what nobody answers; a hardware receiver wants to be told. */
static void take_damaged(struct intake *in, const struct origin *from, struct span frame, bool by_line, struct buf *reply,
                         struct taken *t)
{
	struct signal s = { 0 };
	struct context cx = { .now = in->loop->now, .session = from->session };
	from->proto->read(frame, &s);
	enum warning why = by_line ? W_LINE_ERROR : signal_damage(&s);
	record_warned(in, from, frame, why, account_of(&s));
	tell_why(in, from, account_of(&s), why);
	if (from->proto->refuses_damage) {
		t->answer = A_NAK;
		from->proto->answer(&s, &cx, A_NAK, reply);
		t->stored = true;	/* a panel may not send again what it was told that nobody reads */
		t->seq = in->journal->seq;
	}
}

static bool is_fill(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '\0' && s.p[i] != '\r' && s.p[i] != '\n' && s.p[i] != ' ' && s.p[i] != '\t')
			return false;
	return true;
}

static void take_noise(struct intake *in, const struct origin *from, struct span noise, struct taken *t)
{
	struct error e = { .error = "noise", .detail = "bytes that are no frame", .bytes = noise };
	if (is_fill(noise))
		return;
	if (t->neighbour) {
		buf_reset(&in->scratch);
		buf_printf(&in->scratch, "another protocol on this port: %s", t->neighbour);
		e.error = "neighbour";
		e.detail = buf_cstr(&in->scratch);
	}
	record_error(in, from, &e);
}

/* *frame is taken off the bytes, *whole is what is recorded for it. */
static enum verdict cut(const struct intake *in, const struct origin *from, struct span bytes, bool at_end, struct span *frame,
                        struct span *whole, struct buf *reply)
{
	struct session *t = from->session;
	enum verdict v;
	if (t) {
		t->now = in->loop->now;
		buf_reset(&t->whole);
		v = from->proto->conversation->frame(t, bytes, at_end, frame, reply);
		*whole = buf_view(&t->whole);
	} else {
		v = from->proto->frame(bytes, at_end, frame);
		*whole = *frame;
	}
	return v;
}

/* Most receivers' records have no checksum: a character that came with an
 * error may be any other one. */
static bool line_damaged(const struct origin *from, size_t n)
{
	struct span faults = span_sub(from->faults, 0, n);
	for (size_t i = 0; i < faults.n; i++)
		if (faults.p[i] != FAULT_NONE)
			return true;
	return false;
}

static void take_small_talk(struct intake *in, const struct origin *from, struct taken *t)
{
	t->small_talk = true;
	if (from->session->settled)
		intake_last(in, from->proto, from->source, buf_view(&from->session->account))->settled = true;
}

static const char *other_protocol(const struct origin *from, struct span bytes)
{
	if (from->session && from->session->neighbour)
		return from->session->neighbour;
	return from->proto->neighbour ? from->proto->neighbour(bytes) : NULL;
}

size_t intake_take(struct intake *in, const struct origin *from, struct span bytes, bool at_end, struct buf *reply,
                   struct taken *t)
{
	struct span frame, whole;
	*t = (struct taken){ 0 };
	if (bytes.n == 0)
		return 0;
	enum verdict v = cut(in, from, bytes, at_end, &frame, &whole, reply);
	bool by_line = line_damaged(from, frame.n);
	if (v == V_OK && by_line && whole.n)
		v = V_BAD_CHECK;
	if (v == V_OK && whole.n == 0)
		take_small_talk(in, from, t);
	else if (v == V_OK)
		take_frame(in, from, whole, reply, t);
	else if (v == V_BAD_CHECK || v == V_NOT_MINE)
		t->neighbour = other_protocol(from, bytes);
	if (v == V_NOT_MINE || (v == V_BAD_CHECK && t->neighbour))
		take_noise(in, from, frame, t);
	else if (v == V_BAD_CHECK || v == V_MALFORMED)
		take_damaged(in, from, whole, by_line, reply, t);
	t->over = from->session && from->session->over;
	if (from->session && v != V_MORE)
		buf_reset(&from->session->whole);
	return frame.n;
}

void intake_abandoned(struct intake *in, const struct origin *from, struct span bytes, const char *detail)
{
	struct error e = { .error = "incomplete", .detail = detail, .bytes = bytes };
	if (from->session && from->session->whole.n)	/* out of its cipher */
		e.bytes = buf_view(&from->session->whole);
	if (!is_fill(bytes))
		record_error(in, from, &e);
}

static uint64_t path_changed(struct supervision *s, const struct path *p)
{
	struct intake *in = OWNER(s, struct intake, supervision);
	record_link(in, p);
	return in->journal->seq;
}

static int load(struct intake *in, struct keys *keys, struct accounts *accounts, const char **why)
{
	if (in->keys_path && keys_load(keys, in->keys_path, why) < 0)
		return -1;
	return in->accounts_path ? accounts_load(accounts, in->accounts_path, why) : 0;
}

int intake_init(struct intake *in, const char *spool, const char **why)
{
	if (load(in, &in->keys, &in->accounts, why) < 0)
		return -1;
	in->common = (struct common){ .keys = &in->keys, .keeps_files = spool != NULL };
	in->forms = xcalloc(FORMS, sizeof *in->forms);
	in->last = xcalloc(LAST, sizeof *in->last);
	random_bytes(&in->repeats.start, sizeof in->repeats.start);
	memcpy(in->epoch, in->journal->epoch, sizeof in->epoch);
	in->supervision.loop = in->loop;
	in->supervision.changed = path_changed;
	supervision_begin(&in->supervision, &in->accounts);
	in->receivers = (struct receivers){ .supervision = &in->supervision, .begun = in->loop->now, .alive = CLOCK_NONE };
	bool check = in->journal->epoch[0] == '\0';	/* no journal is open */
	if (!spool || check)
		return 0;
	in->spool = spool;
	return recall(in, spool, why);
}

void intake_gone(struct intake *in, const struct source *s, bool kept)
{
	if (receivers_speak(s->proto))
		receivers_gone(&in->receivers, s->name, kept);
}

void intake_begin_time(struct intake *in)
{
	supervision_restart(&in->supervision);
	in->receivers.begun = in->loop->now;
}

int intake_reload(struct intake *in, const char **why)
{
	struct keys keys = { 0 };
	struct accounts accounts = { 0 };
	if (load(in, &keys, &accounts, why) < 0) {
		keys_free(&keys);
		return -1;
	}
	supervision_reload(&in->supervision, &accounts);
	keys_free(&in->keys);
	accounts_free(&in->accounts);
	in->keys = keys;
	in->accounts = accounts;
	in->supervision.accounts = &in->accounts;
	return 0;
}

void intake_stored(struct intake *in, int error)
{
	if (error) {
		repeats_forget(&in->repeats, in->epoch, in->stored);
		supervision_lost(&in->supervision);
	} else {
		supervision_stored(&in->supervision, in->journal->stored);
	}
	receivers_stored(&in->receivers, error);
	in->stored = in->journal->stored;
	memcpy(in->epoch, in->journal->epoch, sizeof in->epoch);
}

void intake_free(struct intake *in)
{
	recall_end(in);
	receivers_free(&in->receivers);
	supervision_free(&in->supervision);
	accounts_free(&in->accounts);
	keys_free(&in->keys);
	repeats_free(&in->repeats);
	free(in->forms);
	free(in->last);
	buf_free(&in->opened);
	buf_free(&in->record);
	buf_free(&in->id);
	buf_free(&in->scratch);
}
