/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "capture/capture.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "capture/packet.h"
#include "capture/pcapng.h"
#include "text/text.h"

#define SNAPLEN 262144
#define BUFFER (32 << 20)	/* in the kernel: a busy port for seconds */
#define BLOCK_MAGIC UINT32_C(0x0A0D0D0A)

/* A filter is compiled for one link type. */
struct program {
	int link;
	struct bpf_program code;
};

struct capture {
	pcap_t *pcap;		/* NULL: pcapng */
	struct pcapng blocks;
	FILE *file;		/* NULL: live */
	int per_us;		/* libpcap's second number counts so many in a microsecond */
	uint64_t place, size;
	char *filter;		/* of a file; the kernel has that of an interface */
	struct program *program;
	unsigned programs;
	char text[PCAP_ERRBUF_SIZE + 64];
};

static char told[PCAP_ERRBUF_SIZE + 128];	/* what *why shows behind a failed open */

static void tell(const char **why, const char *text)
{
	snprintf(told, sizeof told, "%s", text);
	*why = told;
}

/* The first bytes say which kind of file it is, and are given back. */
static uint32_t peek(FILE *f, size_t *n)
{
	uint8_t first[4] = { 0 };
	*n = fread(first, 1, sizeof first, f);
	for (size_t i = *n; i-- > 0;)
		ungetc(first[i], f);
	return (uint32_t)first[0] << 24 | (uint32_t)first[1] << 16 | (uint32_t)first[2] << 8 | first[3];
}

static bool is_compressed(uint32_t magic)
{
	return magic >> 16 == 0x1F8B || magic == 0x28B52FFD || magic == 0xFD377A58;
}

static int open_pcap(struct capture *c, const char **why)
{
	char error[PCAP_ERRBUF_SIZE] = "";
	c->per_us = 1000;
	c->pcap = pcap_fopen_offline_with_tstamp_precision(c->file, PCAP_TSTAMP_PRECISION_NANO, error);
	if (!c->pcap) {
		tell(why, error);
		return -1;
	}
	if (!link_is_known(pcap_datalink(c->pcap))) {
		snprintf(told, sizeof told, _("packets of the link type %d are not understood"), pcap_datalink(c->pcap));
		*why = told;
		return -1;
	}
	return 0;
}

static int open_stream(struct capture *c, const char **why)
{
	size_t n;
	uint32_t magic = peek(c->file, &n);
	if (ferror(c->file)) {
		tell(why, strerror(errno));
		return -1;
	}
	if (n == 0)
		*why = _("the file is empty");
	else if (is_compressed(magic))
		*why = _("the file is compressed: give it decompressed, on standard input");
	else if (n < sizeof magic)
		*why = _("this is no capture file");
	else if (magic != BLOCK_MAGIC)
		return open_pcap(c, why);
	else {
		c->blocks.file = c->file;
		return 0;
	}
	return -1;
}

int capture_open_file(struct capture **out, const char *path, const char **why)
{
	struct capture *c = xcalloc(1, sizeof *c);
	struct stat st;
	c->file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	if (!c->file) {
		tell(why, strerror(errno));
	} else if (fstat(fileno(c->file), &st) == 0 && S_ISDIR(st.st_mode)) {
		tell(why, strerror(EISDIR));
	} else {
		if (S_ISREG(st.st_mode))
			c->size = (uint64_t)st.st_size;
		setvbuf(c->file, NULL, _IOFBF, 1 << 18);
		if (open_stream(c, why) == 0) {
			*out = c;
			return 0;
		}
	}
	capture_close(c);
	return -1;
}

static int failed_live(struct capture *c, int status, const char **why)
{
	switch (status) {
	case PCAP_ERROR_NO_SUCH_DEVICE:
		errno = ENODEV;
		*why = _("there is no such interface; ip link shows those there are");
		break;
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		errno = EPERM;
		*why = _("not allowed: run it as root, or once, as root: setcap cap_net_raw+ep on the program");
		break;
	case PCAP_ERROR_IFACE_NOT_UP:
		errno = ENETDOWN;
		*why = _("the interface is down; ip link set NAME up, as root");
		break;
	default:
		errno = EIO;
		tell(why, *pcap_geterr(c->pcap) ? pcap_geterr(c->pcap) : pcap_statustostr(status));
		break;
	}
	int error = errno;
	capture_close(c);
	errno = error;
	return -1;
}

int capture_open_live(struct capture **out, const char *device, bool promiscuous, const char **why)
{
	char error[PCAP_ERRBUF_SIZE] = "";
	struct capture *c = xcalloc(1, sizeof *c);
	c->pcap = pcap_create(device, error);
	if (!c->pcap) {
		tell(why, error);
		free(c);
		errno = EIO;
		return -1;
	}
	pcap_set_snaplen(c->pcap, SNAPLEN);
	pcap_set_promisc(c->pcap, promiscuous);
	pcap_set_timeout(c->pcap, CAPTURE_DELAY);
	pcap_set_buffer_size(c->pcap, BUFFER);
	pcap_set_tstamp_precision(c->pcap, PCAP_TSTAMP_PRECISION_NANO);
	int status = pcap_activate(c->pcap);
	if (status < 0)
		return failed_live(c, status, why);
	if (!link_is_known(pcap_datalink(c->pcap))) {
		snprintf(told, sizeof told, _("packets of the link type %d are not understood"), pcap_datalink(c->pcap));
		*why = told;
		capture_close(c);
		errno = EIO;
		return -1;
	}
	c->per_us = pcap_get_tstamp_precision(c->pcap) == PCAP_TSTAMP_PRECISION_NANO ? 1000 : 1;
	if (pcap_setnonblock(c->pcap, 1, error) < 0)
		return failed_live(c, PCAP_ERROR, why);
	*out = c;
	return 0;
}

/* Numbers of files and of libpcap are the same for all that we know, but for raw IP. */
static int compile(int link, const char *expression, struct bpf_program *code, const char **why)
{
	pcap_t *dead = pcap_open_dead(link == 101 ? DLT_RAW : link, SNAPLEN);
	if (!dead) {
		*why = strerror(ENOMEM);
		return -1;
	}
	int status = pcap_compile(dead, code, expression, 1, PCAP_NETMASK_UNKNOWN);
	if (status < 0)
		tell(why, pcap_geterr(dead));
	pcap_close(dead);
	return status < 0 ? -1 : 0;
}

int capture_filter_check(const char *expression, const char **why)
{
	struct bpf_program code;
	if (compile(DLT_EN10MB, expression, &code, why) < 0)
		return -1;
	pcap_freecode(&code);
	return 0;
}

static const struct bpf_program *program_for(struct capture *c, int link, const char **why)
{
	for (unsigned i = 0; i < c->programs; i++)
		if (c->program[i].link == link)
			return &c->program[i].code;
	struct program p = { .link = link };
	if (compile(link, c->filter, &p.code, why) < 0)
		return NULL;
	c->program = xrealloc(c->program, (c->programs + 1) * sizeof *c->program);
	c->program[c->programs] = p;
	return &c->program[c->programs++].code;
}

int capture_filter(struct capture *c, const char *expression, const char **why)
{
	if (c->file) {
		c->filter = xstrdup(expression);
		return c->pcap && !program_for(c, pcap_datalink(c->pcap), why) ? -1 : 0;
	}
	struct bpf_program code;
	if (pcap_compile(c->pcap, &code, expression, 1, PCAP_NETMASK_UNKNOWN) < 0) {
		tell(why, pcap_geterr(c->pcap));
		return -1;
	}
	int status = pcap_setfilter(c->pcap, &code);
	pcap_freecode(&code);
	if (status < 0)
		tell(why, pcap_geterr(c->pcap));
	return status < 0 ? -1 : 0;
}

static enum capture_got next_pcap(struct capture *c, struct captured *out, const char **why)
{
	struct pcap_pkthdr *header;
	const u_char *bytes;
	switch (pcap_next_ex(c->pcap, &header, &bytes)) {
	case 1:
		out->at_us = (int64_t)(uint32_t)header->ts.tv_sec * 1000000 + header->ts.tv_usec / c->per_us;
		out->link = pcap_datalink(c->pcap);
		out->bytes = span_of(bytes, header->caplen);
		out->wire_n = header->len;
		c->place += 16 + header->caplen;
		return CAPTURE_PACKET;
	case 0:
		return CAPTURE_NOTHING;
	case PCAP_ERROR_BREAK:
		return CAPTURE_END;
	default:
		tell(why, pcap_geterr(c->pcap));
		if (!c->file || ferror(c->file))
			return CAPTURE_FAILED;
		if (feof(c->file))
			*why = _("the file ends within a packet");
		return CAPTURE_TORN;
	}
}

static bool passes(struct capture *c, const struct captured *out, const char **why)
{
	*why = NULL;
	if (!c->filter)
		return true;
	const struct bpf_program *code = program_for(c, out->link, why);
	struct pcap_pkthdr header = { .caplen = (bpf_u_int32)out->bytes.n, .len = (bpf_u_int32)out->wire_n };
	return code && pcap_offline_filter(code, &header, out->bytes.p);
}

enum capture_got capture_next(struct capture *c, struct captured *out, const char **why)
{
	for (;;) {
		enum capture_got got = c->pcap ? next_pcap(c, out, why) : pcapng_next(&c->blocks, out, why);
		if (got != CAPTURE_PACKET || passes(c, out, why))
			return got;
		if (*why)
			return CAPTURE_FAILED;
	}
}

int capture_fd(const struct capture *c)
{
	return pcap_get_selectable_fd(c->pcap);
}

uint64_t capture_place(const struct capture *c)
{
	return c->pcap ? c->place : c->blocks.place;
}

uint64_t capture_size(const struct capture *c)
{
	return c->size;
}

uint64_t capture_dropped(struct capture *c)
{
	struct pcap_stat stat;
	if (c->file || pcap_stats(c->pcap, &stat) < 0)
		return 0;
	return (uint64_t)stat.ps_drop + stat.ps_ifdrop;
}

void capture_close(struct capture *c)
{
	if (c->pcap)
		pcap_close(c->pcap);	/* the file too */
	else if (c->file && c->file != stdin)
		fclose(c->file);
	for (unsigned i = 0; i < c->programs; i++)
		pcap_freecode(&c->program[i].code);
	pcapng_free(&c->blocks);
	free(c->program);
	free(c->filter);
	free(c);
}
