/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "../tap.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "link/source.h"
#include "link/tcp.h"
#include "link/udp.h"

static const char *parts_by(int (*parse)(struct source *s, const char *url, const char **why), const char *url)
{
	static char text[256];
	struct source s;
	const char *why = NULL;
	if (parse(&s, url, &why) < 0)
		return why && *why ? "refused" : "refused without a reason";
	snprintf(text, sizeof text, "%s %s %s %s %s %u%s #%s", s.proto ? s.proto->name : "-", transport_via(s.transport),
	         s.host ? s.host : "-", s.port ? s.port : "-", s.path ? s.path : "-", s.serial.baud, s.serial.mode, s.name);
	source_free(&s);
	return text;
}

static const char *parts(const char *url)
{
	return parts_by(source_parse, url);
}

/* For who finds the protocol out. */
static void any(void)
{
	is(parts_by(source_parse_any, "serial:///dev/ttyS0?mode=7e1#R2"), "- serial - - /dev/ttyS0 07e1 #R2", "no protocol");
	is(parts_by(source_parse_any, "auto+tcp://:1025"), "- tcp  1025 - 0 #", "any protocol");
	is(parts_by(source_parse_any, "surgard+tcp-connect://h:1025"), "surgard tcp h 1025 - 0 #", "one that is named");
	is(parts_by(source_parse_any, "nonsense+tcp://:1025"), "refused", "none that we know");
	is(parts_by(source_parse_any, "pigeon://:1025"), "refused", "no transport");
	is(parts("auto+tcp://:1025"), "refused", "nor for who must know it");
}

static void urls(void)
{
	is(parts("dc09+tcp://:6001#R1"), "dc09 tcp  6001 - 0 #R1", "every address");
	is(parts("dc09+tcp://192.0.2.1:6001"), "dc09 tcp 192.0.2.1 6001 - 0 #", "without a name");
	is(parts("dc09+udp://[2001:db8::1]:0#Nord"), "dc09 udp 2001:db8::1 0 - 0 #Nord", "IPv6, any port");
	is(parts("dc09+tcp-connect://rx.example:7000#R9"), "dc09 tcp rx.example 7000 - 0 #R9", "dials out");
	is(parts("dc09+serial:///dev/ttyUSB0?baud=9600&mode=7e1#R2"), "dc09 serial - - /dev/ttyUSB0 96007e1 #R2", "serial");
	is(parts("dc09+serial:///dev/ttyS0"), "dc09 serial - - /dev/ttyS0 0 #", "serial without settings");
	struct serial_settings usual = serial_usual((struct serial_settings){ .mode = "7e1" });
	ok(usual.baud == 9600, "what is usual stands where nothing is said");
	is(usual.mode, "7e1", "and what is said stays");
	struct source s;
	const char *why;
	ok(source_parse(&s, "surgard+serial:///dev/ttyS0?flow=rtscts&dtr=off&rts=on", &why) == 0 &&
	   s.serial.flow == FLOW_RTSCTS && s.serial.dtr_off && !s.serial.rts_off, "flow control and lines");
	source_free(&s);
	is(parts("wire:night #3.txt"), "dc09 wire - - night #3.txt 0 #", "a file's name is its own");
	is(parts("wire:-"), "dc09 wire - - - 0 #", "wire lines from stdin");

	static const char *const bad[] = {
		"", "6001", "tcp://:6001", "dc09+tcp:/:6001", "dc09+tcp://6001", "dc09+tcp://:", "dc09+tcp://:65536",
		"dc09+tcp://:60x", "dc09+tcp://[::1:6001", "dc09+tcp://[]:6001", "dc09+tcp://::1:6001", "nonsense+tcp://:1",
		"dc09+pigeon://:1", "dc09+tcp-connect://:6001", "dc09+tcp-connect://h:0", "dc09+serial://ttyS0",
		"dc09+serial:///dev/ttyS0?baud=fast", "dc09+serial:///dev/ttyS0?mode=9n1", "dc09+serial:///dev/ttyS0?flow=x", "dc09+serial:///dev/ttyS0?dtr=maybe", "dc09+serial:///dev/ttyS0?x=1",
		"dc09+tcp://:6001#a\nb", "dc09+tcp://:6001#a\"b", "wire:",
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		is(parts(bad[i]), "refused", "wrong URL %zu is refused", i + 1);
}

static struct address from_number(const char *host, const char *port)
{
	struct address a = { 0 };
	const char *why;
	ok(address_resolve(&a, host, port, &why) == 0, "%s is an address", host);
	return a;
}

static void addresses(void)
{
	struct buf text = { 0 };
	struct address four = from_number("192.0.2.70", "51234"), six = from_number("2001:db8::7", "6001");
	struct address mapped = from_number("::ffff:192.0.2.70", "1");
	address_put(&text, &four);
	is(buf_cstr(&text), "192.0.2.70:51234", "IPv4 written");
	buf_reset(&text);
	address_put(&text, &six);
	is(buf_cstr(&text), "[2001:db8::7]:6001", "IPv6 written");
	buf_reset(&text);
	address_put(&text, &mapped);
	is(buf_cstr(&text), "192.0.2.70:1", "IPv4 within IPv6 is IPv4");
	ok(address_same_host(&four, &mapped) && !address_same_host(&four, &six), "the host counts, not the port");
	ok(address_hash_host(&four) == address_hash_host(&mapped), "and its hash");
	buf_free(&text);
}

static void port_of(int fd, char *port, size_t room)
{
	struct address a = address_of_socket(fd);
	snprintf(port, room, "%u", address_port(&a));
}

static void wait_in(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	poll(&p, 1, 5000);
}

static void connections(void)
{
	const char *why = "";
	char port[8];
	int listener = tcp_listen("127.0.0.1", "0", &why);
	ok(listener >= 0, "listens %s", why);
	port_of(listener, port, sizeof port);
	ok(tcp_listen("127.0.0.1", port, &why) < 0 && *why, "a port is taken once: %s", why);
	struct address to = from_number("127.0.0.1", port), from;
	ok(tcp_accept(listener, &from) < 0 && errno == EAGAIN, "nobody is there yet");
	int out = tcp_dial(&to);
	wait_in(listener);
	int in = tcp_accept(listener, &from);
	ok(in >= 0 && tcp_dialled(out) == 0, "connected");
	ok(address_same_host(&to, &from), "and from whom");
	close(in);
	close(out);
	close(listener);
	out = tcp_dial(&to);
	if (out >= 0)
		wait_in(out);
	ok(out < 0 ? errno == ECONNREFUSED : tcp_dialled(out) == ECONNREFUSED, "nobody listens any more");
	close(out);
}

static void datagrams(const char *host, const char *at)
{
	const char *why = "";
	char port[8];
	uint8_t bytes[64];
	struct route route, back;
	int server = udp_listen(host, "0", &why), client = udp_listen(at, "0", &why);
	ok(server >= 0 && client >= 0, "\"%s\" is open for datagrams %s", host, why);
	port_of(server, port, sizeof port);
	struct route there = { .from = from_number(at, port) };
	ok(udp_send(client, SPAN("signal"), &there) == 0, "sent");
	wait_in(server);
	ok(udp_receive(server, bytes, sizeof bytes, &route) == 6 && memcmp(bytes, "signal", 6) == 0, "came");
	ok(udp_send(server, SPAN("answer"), &route) == 0, "answered");
	wait_in(client);
	ok(udp_receive(client, bytes, sizeof bytes, &back) == 6, "the answer came");
	ok(address_same_host(&back.from, &there.from), "from the address that was asked");
	ok(udp_receive(client, bytes, sizeof bytes, &back) < 0 && errno == EAGAIN, "once");
	close(server);
	close(client);
}

int main(void)
{
	urls();
	any();
	addresses();
	connections();
	datagrams("127.0.0.1", "127.0.0.1");
	datagrams("", "127.0.0.2");
	datagrams("0.0.0.0", "127.0.0.3");
	return done();
}
