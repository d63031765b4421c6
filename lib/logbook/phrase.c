/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "logbook/phrase.h"

#include <time.h>

#include "event/code.h"

static const struct phrase {
	const char *codes, *kind, *category;
	int severity;
	const char *needs;
	const char *pattern[2];	/* by enum language */
} phrases[] = {
#define PHRASE(codes, kind, category, severity, needs, french, english) \
	{ codes, kind, category, severity, needs, { english, french } },
#include "logbook/phrases.def"
#undef PHRASE
};

/* What a sentence needs of a record. */
struct telling {
	const struct record *record;
	enum language language;
	struct buf *out;
	struct buf scratch;
	struct buf code;	/* "cid:130" */
	const struct code *known;
};

static const char *in(const struct telling *t, const char *english, const char *french)
{
	return t->language == LANG_FR ? french : english;
}

/* Good until the next call. */
static struct span text_of(struct telling *t, const char *key)
{
	return record_text(t->record, key, &t->scratch);
}

/* "003" is zone 3; "000" stands for none. */
static struct span number_of(struct telling *t, const char *key)
{
	struct span s = text_of(t, key);
	while (s.n && s.p[0] == '0')
		s = span_from(s, 1);
	return s;
}

static void put_quoted(struct telling *t, const char *key)
{
	struct span name = span_trim(text_of(t, key));
	if (name.n == 0)
		return;
	buf_str(t->out, in(t, " “", " « "));
	buf_span(t->out, name);
	buf_str(t->out, in(t, "”", " »"));
}

static bool ends(const struct buf *out, const char *with)
{
	size_t n = strlen(with);
	return out->n >= n && memcmp(out->p + out->n - n, with, n) == 0;
}

static void put_zone(struct telling *t)
{
	struct span number = number_of(t, "zone");
	if (number.n == 0)
		return;
	buf_str(t->out, ends(t->out, " zone") ? " " : " zone ");
	buf_span(t->out, number);
	put_quoted(t, "zone_name");
}

static void put_user(struct telling *t, const char *before)
{
	struct span number = number_of(t, "user");
	if (number.n == 0)
		return;
	buf_str(t->out, before);
	buf_span(t->out, number);
	struct span name = text_of(t, "user_name");
	if (name.n) {
		buf_lit(t->out, " (");
		buf_span(t->out, name);
		buf_byte(t->out, ')');
	}
}

/* In the middle of a sentence a label begins small, unless its second letter
 * is a capital too.  É and its like differ from é in one bit as well. */
static void put_small(struct buf *out, struct span label)
{
	size_t at = out->n;
	buf_span(out, label);
	uint8_t *p = out->p + at;
	if (label.n > 1 && p[0] >= 'A' && p[0] <= 'Z' && !(p[1] >= 'A' && p[1] <= 'Z'))
		p[0] |= 0x20;
	else if (label.n > 1 && p[0] == 0xC3 && p[1] >= 0x80 && p[1] <= 0x9E)
		p[1] |= 0x20;
}

/* Labels of codes that have two names are "new / restored". */
static struct span half(struct span label, bool restored)
{
	const uint8_t *slash = label.n ? memmem(label.p, label.n, " / ", 3) : NULL;
	if (!slash)
		return label;
	size_t at = (size_t)(slash - label.p);
	return restored ? span_from(label, at + 3) : span_sub(label, 0, at);
}

/* The code in words, of this centre's language when we know the code. */
static void put_label(struct telling *t)
{
	const struct code *known = t->known;
	bool restored = known && !record_is(t->record, "kind", known->kind) && record_is(t->record, "qualifier", "R");
	struct span label = known ? span_str(known->label[t->language]) : text_of(t, "label");
	struct span part = half(label, restored);
	if (part.n == 0)
		part = text_of(t, "kind");
	if (part.n == 0)
		part = SPAN("signal");
	else if (restored && part.n == label.n)
		buf_str(t->out, in(t, "over: ", "fin : "));
	put_small(t->out, part);
}

static void put_word(struct telling *t, const char *key)
{
	struct span word = text_of(t, key);
	if (word.n)
		buf_byte(t->out, ' ');
	buf_span(t->out, word);
}

static void expand(struct telling *t, const char *pattern)
{
	for (; *pattern; pattern++) {
		if (*pattern != '%') {
			buf_byte(t->out, (uint8_t)*pattern);
			continue;
		}
		switch (*++pattern) {
		case 'z':
			put_zone(t);
			break;
		case 'u':
			put_user(t, in(t, " by user ", " par l'utilisateur "));
			break;
		case 'v':
			put_user(t, in(t, ", user ", ", utilisateur "));
			break;
		case 'l':
			put_label(t);
			break;
		case 'c':
			put_word(t, "format");
			put_word(t, "code");
			break;
		default:
			break;
		}
	}
}

/* A word of the list, between blanks. */
static bool listed(const char *list, struct span word)
{
	struct span rest = span_str(list), next;
	while (span_word(&rest, &next))
		if (span_eq(next, word))
			return true;
	return false;
}

static bool has(struct telling *t, const char *needs)
{
	return (!strchr(needs, 'z') || number_of(t, "zone").n) && (!strchr(needs, 'u') || number_of(t, "user").n);
}

static bool fits(struct telling *t, const struct phrase *p, int64_t severity)
{
	if (p->codes[0] && !listed(p->codes, buf_view(&t->code)) && !listed(p->codes, text_of(t, "qualifier")))
		return false;
	return (!p->kind[0] || record_is(t->record, "kind", p->kind)) &&
		(!p->category[0] || record_is(t->record, "category", p->category)) &&
		severity >= p->severity && has(t, p->needs);
}

/* What reception noticed and a person must know. */
static void put_warnings(struct telling *t)
{
	static const struct {
		const char *word;
		const char *text[2];
	} told[] = {
		{ "\"account-unknown\"", { " Account unknown to reception.", " Compte inconnu de la réception." } },
		{ "\"unencrypted\"", { " Received in clear although the account has a key.", " Reçu en clair alors que le compte a une clé." } },
		{ "\"detected-doubtful\"", { " Its form was not named: read as is most likely.", " Forme non précisée : lecture la plus probable." } },
		{ "\"inner-account-differs\"", { " The frame names two accounts.", " La trame désigne deux comptes." } },
	};
	struct span warnings = record_raw(t->record, "warnings");
	for (size_t i = 0; warnings.n && i < sizeof told / sizeof *told; i++)
		if (memmem(warnings.p, warnings.n, told[i].word, strlen(told[i].word)))
			buf_str(t->out, told[i].text[t->language]);
}

static void put_partition(struct telling *t)
{
	struct span number = number_of(t, "partition");
	if (number.n && !span_is(number, "1")) {
		buf_str(t->out, " (partition ");
		buf_span(t->out, number);
		buf_byte(t->out, ')');
	}
}

/* Has a site's own table given the code its meaning?  Inside of a text the quotes have backslashes. */
static bool of_dialect(const struct record *r)
{
	static const char key[] = "\"dialect\":";
	struct span data = record_raw(r, "data");
	return data.n && memmem(data.p, data.n, key, sizeof key - 1);
}

static void put_local(struct buf *out, msec at, bool with_date)
{
	time_t seconds = (time_t)(at / SECOND);
	struct tm tm;
	char text[32];
	if (localtime_r(&seconds, &tm) && strftime(text, sizeof text, with_date ? "%Y-%m-%d %H:%M:%S" : "%H:%M:%S", &tm))
		buf_str(out, text);
}

static bool find_since(void *with, struct span key, struct span value)
{
	if (span_is(key, "delayed_since") && value.n > 2)
		*(msec *)with = clock_parse(span_sub(value, 1, value.n - 2));
	return true;
}

/* A receiver has kept it: nobody knows when it happened. */
static void put_delayed(struct telling *t)
{
	msec since = CLOCK_NONE, at = record_time(t->record, "at");
	struct span data = record_raw(t->record, "data");
	if (data.n)
		json_each(data, find_since, &since);
	if (since == CLOCK_NONE || at == CLOCK_NONE)
		return;
	bool alarm = record_is(t->record, "kind", "alarm"), days = at - since >= DAY / 2;
	buf_str(t->out, alarm ? in(t, " DELAYED (true", " DIFFÉRÉE (heure réelle") : in(t, " (delayed, true", " (différé, heure réelle"));
	buf_str(t->out, in(t, " time unknown, between ", " inconnue, entre "));
	put_local(t->out, since, days);
	buf_str(t->out, in(t, " and ", " et "));
	put_local(t->out, at, days);
	buf_byte(t->out, ')');
}

static void tell_event(struct telling *t)
{
	int64_t severity = 0;
	record_int(t->record, "severity", &severity);
	buf_span(&t->code, text_of(t, "format"));
	buf_byte(&t->code, ':');
	buf_span(&t->code, text_of(t, "code"));
	struct span format = span_sub(buf_view(&t->code), 0, (size_t)span_find(buf_view(&t->code), ':'));
	t->known = code_find(format, span_from(buf_view(&t->code), format.n + 1));
	if (of_dialect(t->record)) {	/* the standard's words would be wrong */
		t->known = NULL;
		buf_reset(&t->code);
	}
	size_t i = 0;
	while (!fits(t, &phrases[i], severity))
		i++;	/* the last row fits all */
	expand(t, phrases[i].pattern[t->language]);
	put_partition(t);
	if (record_raw(t->record, "zone_name").n == 0)
		put_quoted(t, "text");
	put_delayed(t);
	buf_byte(t->out, '.');
	put_warnings(t);
	if (span_is(record_raw(t->record, "on_test"), "true"))
		buf_str(t->out, in(t, " Site on test.", " Site en essai."));
}

void phrase_duration(struct buf *out, msec length, enum language language)
{
	msec s = (length + SECOND / 2) / SECOND;
	if (s < 120)
		buf_printf(out, "%lld s", (long long)s);
	else if (s % 60 == 0 && s < 3600)
		buf_printf(out, "%lld min", (long long)(s / 60));
	else if (s < 3600)
		buf_printf(out, "%lld min %02lld s", (long long)(s / 60), (long long)(s % 60));
	else if (s < 2 * 86400)
		buf_printf(out, "%lld h %02lld min", (long long)(s / 3600), (long long)(s / 60 % 60));
	else
		buf_printf(out, language == LANG_FR ? "%lld j %lld h" : "%lld d %lld h", (long long)(s / 86400),
		           (long long)(s / 3600 % 24));
}

static void put_since(struct telling *t, const char *before, const char *after)
{
	msec at = record_time(t->record, "at"), since = record_time(t->record, "since");
	if (at == CLOCK_NONE || since == CLOCK_NONE || since > at)
		return;
	buf_str(t->out, before);
	phrase_duration(t->out, at - since, t->language);
	buf_str(t->out, after);
}

static void tell_link(struct telling *t)
{
	bool up = record_is(t->record, "state", "up"), receiver = record_raw(t->record, "account").n == 0;
	struct span path = number_of(t, "path");
	if (up)
		buf_str(t->out, in(t, "line restored", "liaison rétablie"));
	else if (receiver)
		buf_str(t->out, in(t, "no frame", "aucune trame"));
	else
		buf_str(t->out, in(t, "line lost", "perte de liaison"));
	if (path.n && !span_is(path, "1")) {
		buf_str(t->out, in(t, ", path ", ", voie "));
		buf_span(t->out, path);
	}
	if (up)
		put_since(t, in(t, ". Interruption ", ". Interruption "), "");
	else if (receiver)
		put_since(t, in(t, " for ", " depuis "), "");
	else
		put_since(t, " (", in(t, " without communication)", " sans communication)"));
	buf_byte(t->out, '.');
}

static void put_origin(struct telling *t)
{
	struct span source = text_of(t, "source");
	if (source.n) {
		buf_lit(t->out, " (");
		buf_span(t->out, source);
	}
	size_t before = t->out->n;
	struct span peer = text_of(t, "peer");
	if (peer.n) {
		buf_str(t->out, source.n ? ", " : " (");
		/* The address; the port says nothing to people. */
		const uint8_t *colon = peer.p[0] == '/' ? NULL : memrchr(peer.p, ':', peer.n);
		buf_span(t->out, colon ? span_sub(peer, 0, (size_t)(colon - peer.p)) : peer);
	}
	if (source.n || t->out->n > before)
		buf_byte(t->out, ')');
}

static void tell_error(struct telling *t)
{
	struct span account = text_of(t, "account");
	buf_str(t->out, in(t, "Unreadable signal", "Signal illisible"));
	if (account.n) {
		buf_str(t->out, in(t, " from ", " de "));
		buf_span(t->out, account);
	}
	put_origin(t);
	buf_str(t->out, in(t, ": ", " : "));
	buf_span(t->out, text_of(t, "error"));
	struct span detail = text_of(t, "detail");
	if (detail.n) {
		buf_lit(t->out, ", ");
		buf_span(t->out, detail);
	}
	if (!ends(t->out, "."))
		buf_byte(t->out, '.');
}

/* "1002 Entrepôt Logis-Nord – ", or where it came from when no account is known. */
static void put_subject(struct telling *t)
{
	size_t before = t->out->n;
	struct span account = text_of(t, "account");
	buf_span(t->out, account);
	struct span site = text_of(t, "site");
	if (site.n && !span_eq(site, span_sub(buf_view(t->out), before, SIZE_MAX))) {
		if (t->out->n > before)
			buf_byte(t->out, ' ');
		buf_span(t->out, site);
	}
	if (t->out->n > before) {
		buf_lit(t->out, " – ");
		return;
	}
	struct span source = text_of(t, "source");
	buf_str(t->out, in(t, "Receiver ", "Récepteur "));
	buf_span(t->out, source.n ? source : SPAN("?"));
	buf_str(t->out, in(t, ": ", " : "));
}

void phrase_put(struct buf *out, const struct record *r, enum language language)
{
	struct buf body = { 0 };
	struct telling t = { .record = r, .language = language, .out = &body };
	if (record_is(r, "type", "error")) {
		tell_error(&t);
	} else {
		if (record_is(r, "type", "link"))
			tell_link(&t);
		else
			tell_event(&t);
		t.out = out;
		put_subject(&t);
	}
	buf_span(out, span_trim(buf_view(&body)));
	buf_free(&body);
	buf_free(&t.scratch);
	buf_free(&t.code);
}

void phrase_conflict(struct buf *out, int64_t number, enum language language)
{
	buf_str(out, language == LANG_FR ? "CONFLIT, même identifiant que l'entrée " : "CONFLICT, same id as entry ");
	buf_signed(out, number);
	buf_str(out, language == LANG_FR ? ", autre contenu : " : ", other content: ");
}

void phrase_seal(struct buf *out, int64_t seal, int64_t number, struct span digits, enum language language)
{
	long long n = seal, m = number;
	const char *text = (const char *)digits.p;
	if (language == LANG_FR)
		buf_printf(out, "Main courante scellée : sceau n° %lld, entrées 1 à %lld, empreinte %.*s.", n, m, (int)digits.n, text);
	else
		buf_printf(out, "Log sealed: seal %lld, entries 1 to %lld, hash %.*s.", n, m, (int)digits.n, text);
}
