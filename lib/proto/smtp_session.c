/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The server's side.  Any name and password is good: whoever may send is the
 * network's to decide, and what a password was given is never kept.  TLS is
 * stunnel's work. */
#include "crypto/crypto.h"
#include "format/mail.h"
#include "proto/smtp.h"
#include "util/hex.h"

#define LINE_MOST 2048
#define STRANGE_MOST 10			/* commands that nobody knows: no camera */
#define HELD_MOST ((size_t)128 << 20)	/* of all connections together */

#define RECIPIENTS_MOST 100		/* RFC 5321, 4.5.3.1.8 */
#define MAIL_TIME (30 * MINUTE)		/* for 10 MiB over a bad radio link */

/* The session's state. */
enum { COMMANDS, USER, PASSWORD, MAIL, STATE = 7 };
enum {
	CUT = 8,	/* what comes is no longer kept */
	IN_LINE = 16,	/* the last piece of the mail did not end a line */
	BARE_LF = 32	/* its DATA had no CR: so may its end */
};

static unsigned state_of(const struct session *t)
{
	return t->state & STATE;
}

/* Where kept stands: the envelope, and behind it the mail. */
static size_t envelope_of(const struct session *t)
{
	return t->ours;
}

static void forget(struct session *t)
{
	if (t->kept.n > envelope_of(t))
		t->common->held -= t->kept.n - envelope_of(t);
	buf_free(&t->kept);
	t->ours = t->theirs = 0;
	t->state = COMMANDS;
	t->due = CLOCK_NONE;
}

static void begin(struct session *t, struct buf *out)
{
	(void)t;
	buf_lit(out, "220 vigie ESMTP\r\n");
}

static void helo(struct session *t, struct span line, struct buf *reply)
{
	forget(t);
	(void)line;
	buf_lit(reply, "250 vigie\r\n");
}

static void ehlo(struct session *t, struct span line, struct buf *reply)
{
	forget(t);
	(void)line;
	buf_printf(reply, "250-vigie\r\n250-SIZE %zu\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN\r\n", SMTP_MAIL_MOST);
}

static void auth(struct session *t, struct span line, struct buf *reply)
{
	struct span word;
	span_word(&line, &word);
	bool login = span_word(&line, &word) && span_eq_nocase(word, SPAN("LOGIN"));
	bool given = span_trim(line).n;
	t->state = login && !given ? USER : login || !given ? PASSWORD : COMMANDS;
	if (t->state == COMMANDS)
		buf_lit(reply, "235 2.7.0 welcome\r\n");
	else if (login)
		buf_str(reply, t->state == USER ? "334 VXNlcm5hbWU6\r\n" : "334 UGFzc3dvcmQ6\r\n");
	else
		buf_lit(reply, "334 \r\n");
}

/* A line of the envelope, its command in capitals and its blanks as the record has them. */
static void keep(struct session *t, const char *command, struct span line)
{
	ptrdiff_t colon = span_find(line, ':');
	buf_str(&t->kept, command);
	buf_span(&t->kept, span_trim(span_from(line, (size_t)(colon + 1))));
	buf_lit(&t->kept, "\r\n");
	t->ours = (uint32_t)t->kept.n;
}

static void mail(struct session *t, struct span line, struct buf *reply)
{
	forget(t);
	keep(t, "MAIL FROM:", line);
	buf_lit(reply, "250 2.1.0 go on\r\n");
}

/* How many there are is in theirs. */
static void rcpt(struct session *t, struct span line, struct buf *reply)
{
	if (t->kept.n == 0) {
		buf_lit(reply, "503 5.5.1 MAIL first\r\n");
	} else if (mail_path(line).n == 0) {
		buf_lit(reply, "501 5.1.3 RCPT TO:<account@centre> is wanted\r\n");
	} else if (t->theirs == RECIPIENTS_MOST || t->kept.n + line.n > 2 * LINE_MOST) {
		buf_lit(reply, "452 4.5.3 too many recipients\r\n");
	} else {
		keep(t, "RCPT TO:", line);
		t->theirs++;
		buf_lit(reply, "250 2.1.5 go on\r\n");
	}
}

static void data(struct session *t, struct span line, struct buf *reply)
{
	(void)line;
	if (t->theirs == 0) {
		buf_lit(reply, "503 5.5.1 RCPT first\r\n");
		return;
	}
	buf_lit(&t->kept, "DATA\r\n");
	t->ours = (uint32_t)t->kept.n;
	t->state = MAIL;
	t->due = t->now + MAIL_TIME;
	buf_lit(reply, "354 end with a dot on a line of its own\r\n");
}

static void rset(struct session *t, struct span line, struct buf *reply)
{
	(void)line;
	forget(t);
	buf_lit(reply, "250 2.0.0 forgotten\r\n");
}

static void nothing(struct session *t, struct span line, struct buf *reply)
{
	(void)t;
	(void)line;
	buf_lit(reply, "252 2.0.0 yes\r\n");
}

static void quit(struct session *t, struct span line, struct buf *reply)
{
	(void)line;
	t->over = true;
	buf_lit(reply, "221 2.0.0 bye\r\n");
}

static void not_here(struct session *t, struct span line, struct buf *reply)
{
	(void)t;
	(void)line;
	buf_lit(reply, "502 5.5.1 not here\r\n");
}

static const struct {
	struct span word;
	void (*obey)(struct session *t, struct span line, struct buf *reply);
} commands[] = {
	{ SPAN("HELO"), helo }, { SPAN("EHLO"), ehlo }, { SPAN("AUTH"), auth }, { SPAN("MAIL FROM:"), mail }, { SPAN("RCPT TO:"), rcpt },
	{ SPAN("DATA"), data }, { SPAN("RSET"), rset }, { SPAN("NOOP"), nothing }, { SPAN("VRFY"), nothing }, { SPAN("QUIT"), quit },
	{ SPAN("STARTTLS"), not_here }, { SPAN("EXPN"), not_here }, { SPAN("HELP"), not_here }, { SPAN("BDAT"), not_here },
};

/* What is none may be the alarm of something else, for a person to see. */
static enum verdict command(struct session *t, struct span line, struct buf *reply)
{
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		if (span_eq_nocase(span_sub(line, 0, commands[i].word.n), commands[i].word)) {
			commands[i].obey(t, line, reply);
			return V_OK;
		}
	buf_lit(reply, "500 5.5.2 what is that?\r\n");
	t->over = ++t->unanswered == STRANGE_MOST;
	return V_NOT_MINE;
}

/* Lines of AUTH are passwords: looked at by nobody. */
static void take_secret(struct session *t, struct buf *reply)
{
	bool more = state_of(t) == USER;
	t->state = more ? PASSWORD : COMMANDS;
	buf_str(reply, more ? "334 UGFzc3dvcmQ6\r\n" : "235 2.7.0 welcome\r\n");
}

static const char *ending_of(struct span type)
{
	static const struct {
		struct span type;
		const char *ending;
	} endings[] = { { SPAN("image/jpeg"), "jpg" }, { SPAN("image/jpg"), "jpg" }, { SPAN("image/pjpeg"), "jpg" }, { SPAN("image/png"), "png" },
		        { SPAN("image/gif"), "gif" }, { SPAN("image/bmp"), "bmp" }, { SPAN("video/mp4"), "mp4" }, { SPAN("video/avi"), "avi" },
		        { SPAN("video/x-msvideo"), "avi" } };
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (span_eq_nocase(type, endings[i].type))
			return endings[i].ending;
	return NULL;
}

/* Many cameras call their pictures application/octet-stream, and tell by the name. */
static const char *picture_ending(const struct mail_part *part)
{
	const char *ending = ending_of(part->type);
	struct span name = mail_parameter(mail_field(part->head, "Content-Type"), "name");
	if (name.n == 0)
		name = mail_parameter(mail_field(part->head, "Content-Disposition"), "filename");
	static const char *const known[] = { "jpg", "jpeg", "png", "gif", "bmp", "mp4", "avi" };
	for (size_t i = 0; !ending && i < sizeof known / sizeof *known; i++) {
		struct span end = span_str(known[i]);
		if (name.n > end.n + 1 && name.p[name.n - end.n - 1] == '.' && span_eq_nocase(span_from(name, name.n - end.n), end))
			ending = known[i];
	}
	return ending;
}

static void add_file(struct session *t, size_t began, const char *ending)
{
	struct session_file *f = &t->file[t->files++];
	struct buf name = { 0 };
	uint8_t digest[SHA256_SIZE];
	f->at = began;
	f->n = t->file_bytes.n - began;
	sha256(digest, span_sub(buf_view(&t->file_bytes), began, f->n));
	hex_lower(&name, span_of(digest, sizeof digest));
	buf_printf(&name, ".%s", ending);
	memcpy(f->name, buf_cstr(&name), name.n + 1);
	buf_printf(&t->whole, "FILE %s %zu\r\n", f->name, f->n);
	buf_free(&name);
}

static void add_files(struct session *t, struct span mail)
{
	struct mail_walk walk = mail_parts(mail);
	struct mail_part part;
	buf_reset(&t->file_bytes);
	t->files = 0;
	if (!t->common->keeps_files)
		return;
	buf_span(&t->file_bytes, mail);
	add_file(t, 0, "eml");
	while (t->files < SESSION_FILES && mail_next(&walk, &part)) {
		const char *ending = picture_ending(&part);
		size_t began = t->file_bytes.n;
		if (!ending)
			continue;
		mail_decode(&t->file_bytes, &part);	/* half a picture may show who it was */
		add_file(t, began, ending);
	}
}

/* What a record has of it. */
static void put_record(struct session *t)
{
	if (t->state & CUT)
		buf_lit(&t->whole, "CUT\r\n");
	buf_span(&t->whole, span_sub(buf_view(&t->kept), 0, SMTP_RECORD_MOST));
}

static void end_mail(struct session *t)
{
	buf_reset(&t->whole);
	add_files(t, span_from(buf_view(&t->kept), envelope_of(t)));
	put_record(t);
}

/* A mail that is too long is an alarm still: its beginning is kept. */
static bool has_room(struct session *t, size_t n)
{
	size_t mail = t->kept.n - envelope_of(t);
	return mail < SMTP_RECORD_MOST || (mail + n <= SMTP_MAIL_MOST && t->common->held + n <= HELD_MOST);
}

/* A line, or a piece of a long one: only what begins a line has its dot doubled. */
static void add_line(struct session *t, struct span line)
{
	if (!(t->state & IN_LINE) && line.p[0] == '.')
		line = span_from(line, 1);
	t->state &= ~(unsigned)IN_LINE;
	if (line.n && line.p[line.n - 1] != '\n')
		t->state |= IN_LINE;
	if (!has_room(t, line.n))
		t->state |= CUT;
	if (t->state & CUT)
		return;
	t->common->held += line.n;
	buf_span(&t->kept, line);
}

/* Where lines end in CR LF, one that ends in LF alone ends no mail: servers
 * on the way have not taken it for the end either. */
static bool ends_mail(const struct session *t, struct span line)
{
	if (t->state & IN_LINE)
		return false;
	return span_is(line, ".\r\n") || (t->state & BARE_LF && span_is(line, ".\n"));
}

/* The next line with its end; a line without one is taken piece by piece.  Empty: wait. */
static struct span next_line(struct span in, bool at_end)
{
	ptrdiff_t lf = span_find(in, '\n');
	if (lf >= 0)
		return span_sub(in, 0, (size_t)lf + 1);
	return at_end || in.n > LINE_MOST ? in : (struct span){ 0 };
}

/* Lines of a mail; gives how many bytes are taken.  *ended: the dot was there. */
static size_t take_mail(struct session *t, struct span in, bool at_end, bool *ended)
{
	struct span rest = in, line;
	*ended = false;
	while ((line = next_line(rest, at_end)).n) {
		rest = span_from(rest, line.n);
		if (ends_mail(t, line)) {
			*ended = true;
			break;
		}
		add_line(t, line);
	}
	return in.n - rest.n;
}

static enum verdict take_body(struct session *t, struct span in, bool at_end, struct span *frame)
{
	bool ended;
	*frame = span_sub(in, 0, take_mail(t, in, at_end, &ended));
	if (!ended)
		return frame->n ? V_OK : V_MORE;
	end_mail(t);
	forget(t);
	return V_OK;
}

/* TLS, and others who are nowhere near. */
static bool is_binary(struct span line)
{
	return line.n && (line.p[0] < ' ' || line.p[0] == 0x7F) && line.p[0] != '\r' && line.p[0] != '\n';
}

static bool is_secret(const struct session *t, struct span in)
{
	return state_of(t) != COMMANDS || span_eq_nocase(span_sub(span_trim(in), 0, 4), SPAN("AUTH"));
}

/* What has come of a line that is not whole is recorded should the connection
 * end, but for a password. */
static enum verdict wait(struct session *t, struct span in)
{
	if (is_secret(t, in))
		buf_lit(&t->whole, "AUTH");
	return V_MORE;
}

static enum verdict take(struct session *t, struct span in, bool at_end, struct span *frame, struct buf *reply)
{
	if (state_of(t) == MAIL)
		return take_body(t, in, at_end, frame);
	*frame = next_line(in, at_end);
	if (state_of(t) == COMMANDS && is_binary(in)) {
		*frame = in;
		return V_NOT_MINE;
	}
	if (frame->n == 0)
		return wait(t, in);
	struct span line = span_trim(*frame);
	enum verdict v = V_OK;
	bool goes_on = is_secret(t, *frame) && frame->p[frame->n - 1] != '\n';
	if (state_of(t) != COMMANDS)
		take_secret(t, reply);
	else if (line.n)
		v = command(t, line, reply);
	if (goes_on)
		t->state = PASSWORD;
	if (state_of(t) == MAIL && frame->n > 1 && frame->p[frame->n - 2] != '\r')
		t->state |= BARE_LF;
	return v;
}

/* Nobody sends so slowly; what there is reaches a person. */
static bool due(struct session *t, struct buf *out)
{
	(void)t;
	(void)out;
	return false;
}

/* A mail that broke off: who sent it, and to whom, and as much of it as is there. */
static struct span left(struct session *t)
{
	buf_reset(&t->whole);
	if (state_of(t) == MAIL)
		put_record(t);
	forget(t);
	return buf_view(&t->whole);
}

/* 4xx: try again; 5xx: do not. */
void smtp_answer(const struct signal *s, const struct context *cx, enum answer a, struct buf *out)
{
	(void)s;
	if (!cx->session || a == A_NONE)
		return;
	if (a == A_ACK)
		buf_lit(out, "250 2.0.0 kept\r\n");
	else
		buf_str(out, a == A_NAK ? "452 4.3.1 not kept, try again\r\n" : "550 5.7.1 refused\r\n");
}

const struct conversation smtp_conversation = { .begin = begin, .frame = take, .due = due, .left = left };
