/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Payloads of telephone panels and of VdS 2465: all their codes, and any
 * message cut or changed. */
#include <stdlib.h>

#include "../tap.h"
#include "format/digits.h"
#include "proto/proto.h"

static struct event_list list;

static const uint8_t telegram[] = {
	0x04, 0x56, 0x21, 0x43, 0x65, 0x87, 0x05, 0x02, 0x01, 0x05, 0x00, 0x01, 0x10, 0x04, 0x54, 'H', 'a', 'l', 'l',
};
static const uint8_t gms[] = {
	0x68, 0x2C, 0x2C, 0x68, 0x73, 0x02, 0x05, 0x02, 0x01, 0x00, 0x01, 0x01, 0x22, 0x07, 0x50, 0x05, 0x14, 0x03, 0x08, 0x0A, 0x10,
	0x32, 0x10, 0x54, 'M', 'A', '-', 'M', 'G', '0', '2', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', ' ', 0x06, 0x56, 0x00, 0x80, 0x51,
	0xFF, 0xFF, 0xFF, 0xC7, 0x16,
};

static enum verdict decode(const char *format, struct span payload)
{
	event_list_reset(&list);
	return format_find(span_str(format))->decode(payload, LANG_EN, &list);
}

static bool field_is(unsigned event, enum field f, const char *want)
{
	return event < list.n && span_is(event_get(&list.event[event], f), want);
}

static bool vds_is(uint8_t message, const struct code *row, const char *qualifier, const char *kind)
{
	const uint8_t payload[] = { 0x05, 0x02, 0x01, 0x05, 0x00, 0x01, message };
	return decode("vds", span_of(payload, sizeof payload)) == V_OK && list.n == 1 && list.event[0].known == row &&
	       field_is(0, F_CODE, row->code) && field_is(0, F_QUALIFIER, qualifier) && field_is(0, F_KIND, kind) &&
	       field_is(0, F_CATEGORY, row->category);
}

/* Bit 7 is the end; where none is defined it is the event still. */
static void every_message_type(void)
{
	unsigned on = 0, off = 0;
	for (unsigned i = 0; i < vds_codes.n; i++) {
		const struct code *row = &vds_codes.code[i];
		uint8_t message = (uint8_t)strtoul(row->code, NULL, 16);
		on += vds_is(message, row, "E", row->kind);
		off += vds_is(message | 0x80, row, "R", *row->kind_restored ? row->kind_restored : row->kind);
	}
	ok(on == vds_codes.n && off == on, "VdS: each message type of the table, set and cleared");
}

/* From the moment it is whole the alarm is there, whatever is lost behind it. */
static void telegrams_cut(void)
{
	unsigned silent = 0, heard = 0, after = 0;
	for (size_t n = 0; n < sizeof telegram; n++) {
		enum verdict v = decode("vds", span_of(telegram, n));
		bool fire = v == V_OK && field_is(0, F_CATEGORY, "fire") && field_is(0, F_ACCOUNT, "12345678");
		heard += n >= 13 && fire;
		silent += n < 13 && n != 6 && v != V_OK && list.n == 0;
		after += n > 13 && list.n == 2 && list.event[1].unreadable;
	}
	ok(heard == sizeof telegram - 13, "VdS: an alarm that is whole is read however the telegram is cut behind it");
	ok(after == heard - 1, "VdS: and what is cut is shown");
	ok(silent == 12, "VdS: before that there is no event to read");
}

static void frames_cut_and_changed(void)
{
	unsigned good = 0;
	uint8_t changed[sizeof gms];
	for (size_t n = 0; n < sizeof gms; n++)
		good += decode("telenot", span_of(gms, n)) != V_OK && list.n == 0;
	ok(good == sizeof gms, "Telenot: cut anywhere it is no frame");
	good = 0;
	for (size_t i = 0; i < sizeof gms; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			memcpy(changed, gms, sizeof gms);
			changed[i] ^= (uint8_t)(1u << bit);
			good += decode("telenot", span_of(changed, sizeof changed)) != V_OK && list.n == 0;
		}
	ok(good == 8 * sizeof gms, "Telenot: no bit of it changes unseen");
	ok(decode("telenot", span_of(gms, sizeof gms)) == V_OK && field_is(0, F_ACCOUNT, "000815"), "Telenot: as it came it is read");
}

/* Each digit of a message changed into each other digit. */
static unsigned unseen(const char *format, const char *message)
{
	char changed[64];
	unsigned n = 0;
	for (size_t i = 0; i < strlen(message); i++)
		for (const char *digit = "0123456789BCDEF"; *digit; digit++) {
			snprintf(changed, sizeof changed, "%s", message);
			changed[i] = *digit;
			n += *digit != message[i] && message[i] != ' ' && decode(format, span_str(changed)) == V_OK;
		}
	return n;
}

static void check_digits(void)
{
	ok(unseen("ademco-hs", "123455551555557C") == 0, "Ademco High Speed: no digit changes unseen");
	ok(unseen("ademco-express", "123427317") == 0, "Ademco Express 4/2: no digit changes unseen");
	ok(unseen("pulse", "123431 123431") == 0, "pulse: no digit of one round changes unseen");
	ok(unseen("pulse", "1233 1233") == 0, "pulse 3+1: no digit of one round changes unseen");
}

static unsigned events_of_channel(unsigned channel, char state)
{
	char message[] = "1234555555557";
	message[4 + channel] = state;
	return decode("fast-format", span_str(message)) == V_OK ? list.n : 0;
}

/* The plan can be programmed: on whatever channel, a new alarm is never less than one. */
static void channels(void)
{
	unsigned told = 0, alarms = 0;
	for (unsigned channel = 0; channel < 8; channel++) {
		for (char state = '1'; state <= '6'; state++)
			told += events_of_channel(channel, state) == 1 && field_is(0, F_KIND, "status") == (state == '5');
		events_of_channel(channel, '1');
		alarms += field_is(0, F_SEVERITY, "3") || field_is(0, F_SEVERITY, "4");
	}
	ok(told == 48, "Fast Format: each state of each channel is one event");
	ok(alarms == 8, "Fast Format: a new alarm of any channel is as grave as one");
}

static void names(void)
{
	bool apart = true;
	for (const struct named *n = formats_named; n->name; n++)
		apart &= !format_find(span_str(n->name)) && format_is_named(span_str(n->name));
	ok(apart && !format_is_named(SPAN("pulse")) && !format_is_named(SPAN("")), "what is only named is not read");
}

/* Complete, or what is missing. */
static bool is_coverage(const char *s)
{
	return strcmp(s, "complete") == 0 || span_starts(span_str(s), SPAN("complete; ")) || span_starts(span_str(s), SPAN("partial: "));
}

static void coverage(void)
{
	for (const struct protocol *const *p = protocols; *p; p++)
		ok(is_coverage((*p)->coverage), "%s: how completely it is read: %s", (*p)->name, (*p)->coverage);
	for (const struct format *const *f = formats; *f; f++)
		ok(is_coverage((*f)->coverage), "%s: how completely it is read: %s", (*f)->name, (*f)->coverage);
}

int main(void)
{
	coverage();
	every_message_type();
	telegrams_cut();
	frames_cut_and_changed();
	check_digits();
	channels();
	names();
	event_list_free(&list);
	return done();
}
