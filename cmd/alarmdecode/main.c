/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "decode.h"
#include "text/opt.h"
#include "text/terminal.h"
#include "util/file.h"
#include "util/lines.h"
#include "util/log.h"
#include "util/privilege.h"

enum { OPT_CODES = 256, OPT_LANGUAGE, OPT_IGNORE_CRC, OPT_TEXT, OPT_JSON, OPT_DIALECTS };

static const struct opt options[] = {
	{ 'e', "explain", NULL, N_("take each frame or payload apart for a person") },
	{ 'k', "keys", "FILE", N_("open what is encrypted with the keys of this file") },
	{ OPT_DIALECTS, "dialects", "FILE", N_("makers' and sites' own codes (default: dialects.conf in $VIGIE_ETC)") },
	{ 'p', "protocol", "NAME", N_("read frames as this wire protocol; auto: as what fits") },
	{ 'f', "format", "NAME", N_("read pasted lines as payloads of this event language; auto: of what fits") },
	{ OPT_IGNORE_CRC, "ignore-crc", NULL, N_("decode frames that a log has damaged") },
	{ OPT_LANGUAGE, "language", "fr|en", N_("the language of labels (that of the screen)") },
	{ 'l', "list", NULL, N_("list the wire protocols and event languages") },
	{ OPT_CODES, "codes", NULL, N_("list event codes; operands choose: a code, or words of its meaning") },
	{ 'n', "check", NULL, N_("check options, keys and dialects, read nothing") },
	{ OPT_TEXT, "text", NULL, N_("lines for people, even into a pipe") },
	{ OPT_JSON, "json", NULL, N_("records, even on a terminal") },
	OPT_COMMON, { 0 }
};

static const struct tool tool = {
	.name = "alarmdecode",
	.usage = "[OPTION…] [FILE…]\n"
	         "--list\n"
	         "--codes [PATTERN…]",
	.purpose = N_("turn frames into events: records of the pipe, or text from a log"),
	.options = options,
};

struct call {
	bool list, codes, check, text, json;
	const char *dialects;
};

static struct decoder decoder;

static void read_option(struct opts *o, int option, struct call *call)
{
	const char *why;
	switch (option) {
	case 'e': decoder.explain = true; break;
	case 'l': call->list = true; break;
	case 'n': call->check = true; break;
	case OPT_CODES: call->codes = true; break;
	case OPT_IGNORE_CRC: decoder.ignore_crc = true; break;
	case OPT_TEXT: call->text = true; break;
	case OPT_JSON: call->json = true; break;
	case OPT_DIALECTS: call->dialects = o->value; break;
	case 'k':
		if (keys_load(&decoder.keys, o->value, &why) < 0)
			die(EXIT_CALL, "%s", why);
		break;
	case 'p':
		if (strcmp(o->value, "auto") == 0) {
			decoder.unnamed = DETECT_FRAMES | DETECT_PAYLOADS;
			break;
		}
		decoder.protocol = protocol_find(span_str(o->value));
		if (!decoder.protocol)
			opts_refuse(o, _("%s: no such protocol; --list shows them"), o->value);
		break;
	case 'f':
		if (strcmp(o->value, "auto") == 0) {
			decoder.unnamed = DETECT_PAYLOADS;
			break;
		}
		decoder.format = format_find(span_str(o->value));
		if (format_is_named(span_str(o->value)))
			die(EXIT_CALL, _("%s: its form is not public, so what its digits mean is not guessed"), o->value);
		if (!decoder.format)
			opts_refuse(o, _("%s: no such event language; --list shows them"), o->value);
		break;
	case OPT_LANGUAGE:
		if (language_parse(o->value) < 0)
			opts_refuse(o, _("%s: fr or en is wanted"), o->value);
		decoder.language = (enum language)language_parse(o->value);
	}
}

static void flush(void)
{
	if (write_all(STDOUT_FILENO, buf_view(&decoder.out)) < 0)
		die(EXIT_WORK, _("stdout: %s"), strerror(errno));
	buf_reset(&decoder.out);
}

/* As much as a pipe takes at once; waits for no more input than has come. */
#define FLUSH ((size_t)1 << 16)

static void decode_all(int fd, const char *name)
{
	struct lines in = { .fd = fd };
	struct span line;
	do {
		while (lines_next(&in, &line)) {
			decode_line(&decoder, line, in.within, in.torn);
			if (decoder.out.n >= FLUSH)
				flush();
		}
		flush();
	} while (lines_wait(&in));
	decode_end(&decoder);
	flush();
	if (in.error)
		die(EXIT_WORK, "%s: %s", name, strerror(in.error));
	lines_free(&in);
}

static void begin(const struct call *call)
{
	decoder_begin(&decoder);
	if (!call->list && !call->codes)
		dialects_begin(&decoder, call->dialects);
	decoder.show = call->text || (!call->json && terminal_is(STDOUT_FILENO));
	decoder.colour = terminal_colour(STDOUT_FILENO);
}

static void decode_files(struct opts *o)
{
	const char *name = opts_operand(o);
	if (!name)
		decode_all(STDIN_FILENO, "stdin");
	for (; name; name = opts_operand(o)) {
		int fd = strcmp(name, "-") == 0 ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			die(EXIT_WORK, "%s: %s", name, strerror(errno));
		decode_all(fd, name);
		if (fd != STDIN_FILENO)
			close(fd);
	}
}

int main(int argc, char **argv)
{
	struct call call = { 0 };
	text_init("alarmdecode");
	decoder.language = text_language();
	struct opts o = opts_begin(&tool, argc, argv);
	for (int option; (option = opts_next(&o)) != OPT_END;)
		read_option(&o, option, &call);
	if ((decoder.format || decoder.unnamed == DETECT_PAYLOADS) && decoder.protocol)
		die(EXIT_CALL, "%s", _("--format reads payloads without their frames: --protocol does not go with it"));
	privilege_guard();
	begin(&call);
	if (call.list)
		list_formats(&decoder.out);
	else if (call.codes)
		decoder.bad = !list_codes(&decoder.out, argv + o.next, decoder.language);
	else if (!call.check)
		decode_files(&o);
	flush();
	int status = decoder.bad ? EXIT_NO : EXIT_OK;
	decoder_free(&decoder);
	return status;
}
