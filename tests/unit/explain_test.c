/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A frame as a technician is shown it; and the registry of protocols. */
#include "../tap.h"
#include "event/drawing.h"
#include "format/explain.h"
#include "proto/explain.h"
#include "util/hex.h"

#define SEALED "\nFD2F0076\"*SIA-DCS\"0002L0#1234[75EE49DEB90E28685AA76B35124E5C862FF49963BED9136889B4C4536B1042A2EAE00EEA06922DC18E9E7EC212F476CA\r"

static const struct key key = {
	.bytes = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF },
	.n = 16,
};
static const struct protocol *dc09;
static struct buf out, opened;

static const char *explained(struct span frame, const struct key *k)
{
	struct context cx = { .now = clock_parse(SPAN("2026-01-31T12:00:01Z")), .key = k, .opened = &opened,
	                      .pad = "abcdefghijklmnop" };
	buf_reset(&out);
	buf_reset(&opened);
	dc09->explain(frame, &cx, LANG_EN, &out);
	return buf_cstr(&out);
}

static void clear_frame(void)
{
	is(explained(SPAN("\n8F540039\"SIA-DCS\"0002L0#1234[#1234|Nri1/BA12]_12:00:00,01-31-2026\r"), NULL),
	   "SIA DC-09 frame\n"
	   "  CRC             8F54  right\n"
	   "  length          57 bytes  right\n"
	   "  token           SIA-DCS  SIA event codes (SIA DC-03)\n"
	   "  sequence        0002\n"
	   "  receiver        (not sent)\n"
	   "  line            0\n"
	   "  account         1234\n"
	   "  data account    1234\n"
	   "  data            Nri1/BA12\n"
	   "  function        N  new event\n"
	   "  modifier        ri1  partition\n"
	   "  code            BA12  Intrusion alarm\n"
	   "  panel's time    2026-01-31T12:00:00.000Z\n"
	   "  event           BA Intrusion alarm (alarm burglary), partition 1, zone 12\n"
	   "  answer          14310012\"ACK\"0002L0#1234[]\n", "a clear frame, field by field");
}

static void has(const char *words, const char *want, const char *name)
{
	ok(strstr(words, want) != NULL, "%s", name);
	if (!strstr(words, want))
		printf("# %s\n# in: %s\n", want, words);
}

static void wrong(void)
{
	const char *words = explained(SPAN("\nFFFF0047\"SIA-DCS\"0002L0#1234[#1234|Nri1/BA12]_12:00:00,01-31-2026\r"), NULL);
	has(words, "FFFF  WRONG: computed 8F54", "the CRC as sent and as expected");
	has(words, "0047  WRONG: there are 57 bytes (0039)", "the length as sent and as expected");
	has(words, "BA Intrusion alarm", "and what it would have said");
	has(words, "none: the panel repeats", "a wrong one gets no answer");
	words = explained(SPAN("\n\xC5[002A\"NULL\"0000R8L0#41213[]_21:00:10,02-20-2024\r"), NULL);
	has(words, "C55B  right (two raw bytes)", "a binary CRC");
	has(words, "none: a link test", "a link test");
	words = explained(SPAN("\nF19A002B\"ADM-CID\"0056L9999#9999[#9999|1900 00 001]\r"), NULL);
	has(words, "F19A  right (over the CR too)", "a CRC over the CR");
}

/* A frame without its borders' numbers being right: where its body goes astray. */
static void stops(void)
{
	static const struct {
		struct span frame;
		const char *want;
	} cases[] = {
		{ SPAN("\nED25003D\"ADM-CID0101R1L0#1002[#1002|1130 01 003]\r"), "behind the last of 49 bytes: \" is wanted" },
		{ SPAN("\nED25003D\"ADM-CID\"01X1R1L0#1002[#1002|1130 01 003]\r"), "at byte 21 of 50: a digit is wanted, there is X (58h)" },
		{ SPAN("\nED25003D\"ADM-CID\"0101R1L0*1002[#1002|1130 01 003]\r"), "at byte 27 of 50: [ is wanted, there is * (2Ah)" },
		{ SPAN("\nED25003D\"ADM-CID\"0101R1L0#1002\r"), "behind the last of 31 bytes: [ is wanted" },
		{ SPAN("\nED25003D\"ADM-CID\"0101R1L0#1002[#1002|1130 01 003\r"), "behind the last of 49 bytes: ] is wanted" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		has(explained(cases[i].frame, NULL), cases[i].want, "where a damaged frame goes astray");
}

static void sealed(void)
{
	const char *words = explained(SPAN(SEALED), NULL);
	has(words, "encrypted: no key for this account", "without a key");
	has(words, "\"DUH\"0002L0#1234[]", "DUH is the answer then");
	struct key other = key;
	other.bytes[0] ^= 1;
	words = explained(SPAN(SEALED), &other);
	has(words, "encrypted: our key does not open it", "with another key");
	words = explained(SPAN(SEALED), &key);
	has(words, "Nri1/BA12", "with the right one its content");
	has(words, "84660052\"*ACK\"0002L0#1234[540ED383", "and the sealed answer");
}

static void no_frames(void)
{
	struct signal s = { 0 };
	struct span foreign = SPAN("GET / HTTP/1.1\r\n"), tokenless = SPAN("\nF878000A\"0001L0#1[\r");
	is(explained(foreign, NULL), "no frame that we know\n  looks like      HTTP\n  bytes           GET / HTTP/1.1\\x0D\\x0A\n", "a neighbour is named");
	is(explained(SPAN("?"), NULL), "no frame that we know\n  bytes           ?\n", "a stranger is none");
	ok(dc09->read(foreign, &s) == V_NOT_MINE, "nor can it be read");
	ok(dc09->read(tokenless, &s) == V_MALFORMED && s.warnings & WARN(STRUCTURE_BAD), "a frame without a token");
	has(explained(tokenless, NULL), "none: the panel repeats", "gets no answer, and is not said to get one");
}

static void secrets(void)
{
	const char *words = explained(SPAN("\n02310052\"SIA-DCS\"6002L0#1111[|Nri1/RP000][KAAAAAAAAAAAAAAAA]_14:12:04,09-25-2019\r"), NULL);
	ok(!strstr(words, "AAAAAAAA"), "a key that a panel sends is not shown");
	has(words, "[K…]", "that there is one is");
	words = explained(SPAN("junk 0052\"SIA-DCS\"6002L0#1111[|Nri1/RP000][KAAAAAAAAAAAAAAAA"), NULL);
	ok(!strstr(words, "AAAAAAAA"), "nor in bytes that are no frame");
	has(words, "[K…", "though it is told");
}

static const char *record(const char *protocol, struct span frame)
{
	struct context cx = { .now = clock_parse(SPAN("2026-01-31T12:00:01Z")), .opened = &opened };
	buf_reset(&out);
	protocol_explain(protocol_find(span_str(protocol)), frame, &cx, LANG_EN, &out);
	return buf_cstr(&out);
}

static const char *payload(const char *format, struct span bytes)
{
	buf_reset(&out);
	format_explain(format_find(span_str(format)), bytes, LANG_EN, &out);
	return buf_cstr(&out);
}

static const char *dump(const char *format, const char *digits)
{
	struct buf bytes = { 0 };
	hex_decode(&bytes, span_str(digits));
	payload(format, buf_view(&bytes));
	buf_free(&bytes);
	return buf_cstr(&out);
}

static void receivers(void)
{
	is(record("surgard", SPAN("5011 181234E12101001\x14")),
	   "Sur-Gard receivers and their imitations\n"
	   "  bytes           5011 181234E12101001\\x14\n"
	   "  kind            report of a panel\n"
	   "  receiver        01\n"
	   "  line            1\n"
	   "  account         1234\n"
	   "  format          cid  Contact ID (SIA DC-05)\n"
	   "  qualifier       E  new event, or opening\n"
	   "  code            121\n"
	   "  partition       01\n"
	   "  zone or user    001\n"
	   "  event           121 Duress code (alarm duress), partition 01, user 001\n"
	   "  answer          06  ACK\n"
	   "  wait            4 s on most models; then it sends the record three times more,\n"
	   "                  and goes on behind the first ACK\n", "a receiver's record");
	is(record("surgard", SPAN("5011 18123*E12101001\x14")),
	   "Sur-Gard receivers and their imitations\n"
	   "  bytes           5011 18123*E12101001\\x14\n"
	   "  came            5011 18123*E12101001\n"
	   "  wanted          5RRL 18AAAAQEEEPPNNN\n"
	   "  receiver        01\n"
	   "  line            1\n"
	   "  account         123\n"
	   "  stops           at byte 11 of 20: a digit or a letter is wanted, there is *\n"
	   "                  (2Ah)\n"
	   "  event           none: nothing of it is believed\n"
	   "  note            width-bad  the record has not the width of its type\n"
	   "  answer          15  NAK\n"
	   "  wait            4 s on most models; then it sends the record three times more,\n"
	   "                  and goes on behind the first ACK\n", "a damaged one, its layout below it");
	const char *words = record("ademco-8000", SPAN("&051697\"081356\"01\"0002\"00401\x05" "1234\"FA13T\r"));
	has(words, "check byte      54  WRONG: computed 55\n", "the check byte as sent and as computed");
	has(words, "answer          15  NAK\n", "is refused");
	words = record("bosch-sia", SPAN("\n8AAC17m00310101[#123456|HA00]\r"));
	has(words, "CRC             8AAC  right\n", "a CRC that is right");
	has(words, "length          23 bytes  right\n", "and a length");
	has(words, "answer          92C50B\\x0900310101[]\n", "and a framed answer");
	has(record("radionics-6500", SPAN("\x06")), "event           none: an answer\n  answer          none\n", "a host's byte is answered by none");
	has(record("ademco-685", SPAN("GET / HTTP/1.1\r")), "looks like      HTTP\n", "a stranger at a receiver's port");
}

/* Wherever a record is cut, the row says behind which byte. */
static void cut_records(void)
{
	static const char whole[] = "5011 181234E12101001";
	unsigned good = 0;
	for (size_t n = 4; n < strlen(whole); n++) {
		struct buf frame = { 0 };
		char want[64];
		buf_add(&frame, whole, n);
		buf_byte(&frame, 0x14);
		snprintf(want, sizeof want, "behind the last of %zu bytes", n);
		good += strstr(record("surgard", buf_view(&frame)), want) != NULL;
		buf_free(&frame);
	}
	ok(good == strlen(whole) - 4, "a record that is cut stops where it is cut (%u)", good);
}

static void payloads(void)
{
	is(payload("cid", SPAN("1234181131010157")),
	   "Contact ID (SIA DC-05)\n"
	   "  data            1234181131010157\n"
	   "  account         1234\n"
	   "  qualifier       1  new event, or opening\n"
	   "  code            131\n"
	   "  partition       01\n"
	   "  zone or user    015\n"
	   "  check digit     7\n"
	   "  sum             1+2+3+4+1+8+1+1+3+1+10+1+10+1+5+7  = 59, WRONG: no multiple of\n"
	   "                  15; the check digit would be 8\n"
	   "  event           none: the check digit or sum is wrong\n", "Contact ID with a wrong check digit");
	const char *words = payload("ademco-hs", SPAN("123455551555557C"));
	has(words, "channel 3       1  new alarm\n  channel 4       5  normal\n", "channels, one by one");
	has(words, "= 75, a multiple of 15:\n                  right\n", "and the sum that is right");
	words = payload("pulse", SPAN("123431 123432"));
	has(words, "round 2         123432  DIFFERS from the first\n", "rounds that differ");
	has(payload("pulse", SPAN("1233 3335")), "round 2         3335  extends the first\n", "and one that extends");
	has(payload("cesa200", SPAN("12345 1 07 000000")), "behind the last of 14 bytes: 0 is wanted\n", "digits that are missing");
	words = payload("sia", SPAN("Nri1/BA12^quai^/!!/OP3"));
	has(words, "modifier        ri1  partition\n  code            BA12  Intrusion alarm\n  text            quai\n", "SIA modifiers by name");
	has(words, "no reading      !!  a modifier or an event code is wanted\n", "and what is none");
}

static void bytes(void)
{
	const char *words = dump("sia-block", "4623303233343939" "9F" "464E424130303135" "F1");
	has(words, "account         023499  6 bytes, parity 9F right\n", "SIA blocks by name");
	has(words, "BA0015  6 bytes, parity F1 WRONG: computed F0\n", "with the parity sent and computed");
	words = dump("sia-block", "4623303233343939");
	has(words, "a block of 9 bytes begins here, and 8 are left\n", "and where one is cut off");
	words = dump("telenot", "680909687302" "05020100010122" "A218");
	has(words, "sum             A2  WRONG: computed A1\n", "FT 1.2: the sum as sent and as computed");
	has(words, "at byte 15 of 15: byte 16h is wanted, there is byte 18h\n", "and the byte that is no end");
	has(words, "05 02 01 00 01 01 22  device 0, area 1, address 0001, input,\n", "a record with its fields");
	words = dump("vds", "045621436587" "050201050001");
	has(words, "account         04 56 21 43 65 87  12345678\n", "VdS: the account is in there");
	has(words, "a record of 7 bytes begins here, and 6 are left\n", "and what is cut is said");
	words = dump("vds", "045621436587" "03541B5B41");
	ok(!strchr(words, 0x1B), "VdS: a text is nothing that a terminal obeys");
}

static void widths(void)
{
	static const char *const drawings[] = { "'1'A+ E", "'2'EE", NULL };
	buf_reset(&out);
	ok(drawing_explain(&out, drawings, SPAN("1abcdef 7")), "a field may be wider");
	is(buf_cstr(&out), "  account         abcdef\n  code            7\n", "and is shown");
	buf_reset(&out);
	ok(!drawing_explain(&out, drawings, SPAN("2")), "the type chooses the drawing");
	has(buf_cstr(&out), "wanted          2EE\n", "even where the other goes as far");
	buf_reset(&out);
	ok(!drawing_explain(&out, drawings, SPAN("2333")), "too much is told too");
	has(buf_cstr(&out), "at byte 4 of 4: the end is wanted, there is 3 (33h)\n", "where it begins");
	buf_reset(&out);
	explain_row(&out, "wide", SPAN("ééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé"), "two words");
	is(buf_cstr(&out),
	   "  wide            éééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé\n"
	   "                  é  two words\n", "a line ends behind a whole letter");
}

static void registry(void)
{
	static const char *const words[] = { "none", "ack", "nak", "duh" };
	for (enum answer a = A_NONE; a <= A_DUH; a++)
		is(answer_word(a), words[a], "the word for an answer");
	for (unsigned i = 0; protocols[i]; i++)
		ok(protocol_find(span_str(protocols[i]->name)) == protocols[i], "%s is found by its name", protocols[i]->name);
	ok(!protocol_find(SPAN("dc0")) && !protocol_find(SPAN("dc099")) && !protocol_find(SPAN("")), "others are not");
}

int main(void)
{
	dc09 = protocol_find(SPAN("dc09"));
	clear_frame();
	wrong();
	stops();
	sealed();
	no_frames();
	secrets();
	receivers();
	cut_records();
	payloads();
	bytes();
	widths();
	registry();
	buf_free(&out);
	buf_free(&opened);
	return done();
}
