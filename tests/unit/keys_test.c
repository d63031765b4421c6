/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys file: which key is whose, what is said of a bad line and where,
 * and that no key is ever in what is said. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../tap.h"
#include "proto/keys.h"
#include "util/file.h"
#include "util/hex.h"

#define HEX16 "00112233445566778899AABBCCDDEEFF"
#define HEX24 "000102030405060708090A0B0C0D0E0F1011121314151617"
#define HEX32 HEX16 HEX16

static char path[] = "/tmp/vigie-keys-XXXXXX";

static int load(struct keys *keys, const char *content, const char **why)
{
	if (file_replace(path, span_str(content), 0600) < 0)
		return -1;
	return keys_load(keys, path, why);
}

/* What follows the file's name: ":3: a key is …". */
static const char *said(const char *why)
{
	size_t n = strlen(path);
	return why && strncmp(why, path, n) == 0 ? why + n : "(the file is not named)";
}

static const struct bad {
	const char *content, *said;
} bad_lines[] = {
	{ "key 1002\n", ":1: a line is: key LINE/ACCOUNT KEY [window=40s/20s] [clear=refuse]" },
	{ "1002 hex:" HEX16 "\n", ":1: a line is: key LINE/ACCOUNT KEY [window=40s/20s] [clear=refuse]" },
	{ "# one\n\nkey\n", ":3: a line is: key LINE/ACCOUNT KEY [window=40s/20s] [clear=refuse]" },
	{ "key 1002 hex:0011\n", ":1: a key is hex: and 32, 48 or 64 digits, or ascii: and 16, 24 or 32 characters" },
	{ "key 1002 " HEX16 "0\n", ":1: a key is hex: and 32, 48 or 64 digits, or ascii: and 16, 24 or 32 characters" },
	{ "key 1002 hex:0011223344556677889900AABBCCDDEX\n",
	  ":1: a key is hex: and 32, 48 or 64 digits, or ascii: and 16, 24 or 32 characters" },
	{ "key 1002 SecretSecretSecr\n", ":1: a key is hex: and 32, 48 or 64 digits, or ascii: and 16, 24 or 32 characters" },
	{ "key 1002 ascii:SecretSecret\n", ":1: an ascii: key has 16, 24 or 32 characters" },
	{ "key L12/ hex:" HEX16 "\n", ":1: an address is ACCOUNT or LINE/ACCOUNT, * for any" },
	{ "key /1002 hex:" HEX16 "\n", ":1: an address is ACCOUNT or LINE/ACCOUNT, * for any" },
	{ "key 1002 hex:" HEX16 " window=40s\n", ":1: a window is 40s/20s (behind/ahead) or off" },
	{ "key 1002 hex:" HEX16 " window=long/20s\n", ":1: a window is 40s/20s (behind/ahead) or off" },
	{ "key 1002 hex:" HEX16 " clear=perhaps\n",
	  ":1: an option is window=40s/20s, window=off, clear=accept or clear=refuse" },
	{ "key 1002 hex:" HEX16 " SecretSecretSecr\n",
	  ":1: an option is window=40s/20s, window=off, clear=accept or clear=refuse" },
	{ "key 1 hex:" HEX16 "\nkey 2 hex:" HEX16 "\nkey 1 hex:" HEX24 "\nkey 3 hex:" HEX16 "\n",
	  ":3: two keys for the same line and account" },
	{ "key L1/ab hex:" HEX16 "\nkey 1/AB hex:" HEX16 "\n", ":2: two keys for the same line and account" },
};

static void bad(void)
{
	struct keys keys = { 0 };
	const char *why;
	ok(load(&keys, "key 7 hex:" HEX24 "\n", &why) == 0, "a sound file");
	for (size_t i = 0; i < sizeof bad_lines / sizeof *bad_lines; i++) {
		why = NULL;
		ok(load(&keys, bad_lines[i].content, &why) == -1, "refused");
		is(said(why), bad_lines[i].said, "%s", bad_lines[i].said);
		ok(why && !strstr(why, "Secret") && !strstr(why, "0011"), "no key in it");
	}
	const struct key *key = keys_find(&keys, SPAN("0"), SPAN("7"));
	ok(keys.n == 1 && key && key->n == 24, "the keys that were sound are kept");
	keys_free(&keys);
	ok(keys.n == 0 && !keys_find(&keys, SPAN("0"), SPAN("7")), "freed: none is left");
}

static void files(void)
{
	struct keys keys = { 0 };
	const char *why = NULL;
	load(&keys, "", &why);
	ok(keys.n == 0 && !keys_find(&keys, SPAN("0"), SPAN("1")), "an empty file has no key");
	static const mode_t modes[] = { 0640, 0604, 0660, 0622 };
	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		chmod(path, modes[i]);
		ok(keys_load(&keys, path, &why) == -1, "mode %o is refused", modes[i]);
		is(said(why), ": must be readable by its owner only: chmod 600", "and it is said what to do");
	}
	chmod(path, 0400);
	ok(keys_load(&keys, path, &why) == 0, "a stricter mode than 0600 will do");
	ok(keys_load(&keys, "/nowhere/keys", &why) == -1, "a file that is not there");
	is(why, "/nowhere/keys: No such file or directory", "and which");
	keys_free(&keys);
}

/* The first byte tells the keys apart. */
static int which(const struct keys *keys, const char *line, const char *account)
{
	const struct key *key = keys_find(keys, span_str(line), span_str(account));
	return key ? key->bytes[0] : -1;
}

static void most_specific(void)
{
	struct keys keys = { 0 };
	const char *why = "";
	int loaded = load(&keys,
		"key *        hex:0400000000000000000000000000000F\n"
		"key L12/1002 hex:0100000000000000000000000000000F\r\n"
		"key 1002     hex:0200000000000000000000000000000F\t# the same account on other lines\n"
		"  key L12/*  hex:0300000000000000000000000000000F\n"
		"key foC7     hex:0500000000000000000000000000000F\n"
		"key */0099   hex:0600000000000000000000000000000F", &why);
	ok(loaded == 0, "a file of all forms: %s", why);
	ok(which(&keys, "12", "1002") == 1, "line and account");
	ok(which(&keys, "13", "1002") == 2, "then the account");
	ok(which(&keys, "12", "1003") == 3, "then the line");
	ok(which(&keys, "13", "1003") == 4, "then any");
	ok(which(&keys, "", "1002") == 2 && which(&keys, "", "") == 4, "a frame without line, without account");
	ok(which(&keys, "0", "FOC7") == 5 && which(&keys, "0", "foc7") == 5, "in any letters");
	ok(which(&keys, "0", "0099") == 6 && which(&keys, "0", "99") == 4, "leading zeros count");
	ok(which(&keys, "0", "00990") == 4 && which(&keys, "0", "009") == 4, "the whole account");
	load(&keys, "key 1002 hex:0100000000000000000000000000000F\n", &why);
	ok(which(&keys, "0", "1003") == -1, "read anew: others have no key");
	keys_free(&keys);
}

static const struct key *only(struct keys *keys, const char *line)
{
	static const struct key none;
	const char *why;
	return load(keys, line, &why) == 0 ? keys_find(keys, SPAN("0"), SPAN("1")) : &none;
}

static void settings(void)
{
	struct keys keys = { 0 };
	const struct key *key = only(&keys, "key 1 " HEX16);
	ok(key->n == 16 && key->bytes[1] == 0x11 && key->bytes[15] == 0xFF, "digits alone are hexadecimal");
	ok(key->behind == 40 * SECOND && key->ahead == 20 * SECOND && !key->refuse_clear, "what DC-09 gives as window");
	ok(only(&keys, "key 1 hex:" HEX24)->n == 24, "192 bits");
	ok(only(&keys, "key 1 hex:" HEX32)->n == 32, "256 bits");
	key = only(&keys, "key 1 ascii:" HEX16);
	ok(key->n == 32 && memcmp(key->bytes, HEX16, 32) == 0, "the same 32 characters as text");
	key = only(&keys, "key 1 ascii:#23456789ABCDEF#");
	ok(key->n == 16 && key->bytes[0] == '#' && key->bytes[15] == '#', "a # inside a word begins no comment");
	key = only(&keys, "key 1 hex:" HEX16 " window=90s/5m clear=refuse");
	ok(key->behind == 90 * SECOND && key->ahead == 5 * MINUTE && key->refuse_clear, "a window and clear=refuse");
	key = only(&keys, "key 1 hex:" HEX16 " window=off");
	ok(key->behind == 0 && key->ahead == 0, "no window");
	keys_free(&keys);
}

/* A thousand accounts, in no order. */
static void many(void)
{
	struct buf content = { 0 };
	struct keys keys = { 0 };
	const char *why = "";
	for (unsigned i = 0; i < 1000; i++)
		buf_printf(&content, "key %04u hex:%032X\n", i * 7919 % 10000, i + 1);
	ok(load(&keys, buf_cstr(&content), &why) == 0 && keys.n == 1000, "a thousand keys");
	bool each = true;
	for (unsigned i = 0; i < 1000; i++) {
		char account[8];
		snprintf(account, sizeof account, "%04u", i * 7919 % 10000);
		const struct key *key = keys_find(&keys, SPAN("1"), span_str(account));
		each &= key && (unsigned)(key->bytes[14] << 8 | key->bytes[15]) == i + 1;
	}
	ok(each, "each account has its own");
	keys_free(&keys);
	buf_free(&content);
}

int main(void)
{
	int fd = mkstemp(path);
	ok(fd >= 0, "a file");
	bad();
	files();
	most_specific();
	settings();
	many();
	unlink(path);
	close(fd);
	return done();
}
