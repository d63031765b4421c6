/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "link/serial.h"

#include <errno.h>
#include <fcntl.h>
#include <libserialport.h>
#include <limits.h>
#include <linux/serial.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include "text/text.h"

struct serial_settings serial_usual(struct serial_settings said)
{
	if (!said.baud)
		said.baud = 9600;
	if (!*said.mode)
		memcpy(said.mode, "8n1", sizeof said.mode);
	return said;
}

static const char *reason(int error)
{
	switch (error) {
	case ENOENT:
	case ENODEV:
		return _("no such device: is it plugged in? ls /dev/serial/by-id shows those that are");
	case EBUSY:
	case EWOULDBLOCK:
		return _("busy: another program has this port open; fuser -v shows which, as root");
	case EACCES:
	case EPERM:
		return _("no permission: add this user to the group dialout, then start anew");
	case ENOTTY:
		return _("not a serial port");
	case EIO:
	case ENXIO:
		return _("the system knows this port, but there is no hardware behind it: take another");
	case EINVAL:
		return _("this port cannot be set to this speed and mode: choose others with baud= and mode=");
	default:
		return strerror(error);
	}
}

static int fail(int error, const char **why)
{
	*why = reason(error);
	errno = error;
	return -1;
}

/* What libserialport has against it, as errno. */
static int port_error(enum sp_return r)
{
	if (r == SP_ERR_FAIL)
		return errno ? errno : EIO;
	return r == SP_ERR_MEM ? ENOMEM : EINVAL;
}

static enum sp_parity parity_of(const struct serial_settings *set)
{
	return set->mode[1] == 'e' ? SP_PARITY_EVEN : set->mode[1] == 'o' ? SP_PARITY_ODD : SP_PARITY_NONE;
}

static int configure_port(struct sp_port *port, const struct serial_settings *set)
{
	struct sp_port_config *c = NULL;
	enum sp_return r;
	errno = 0;
	if ((r = sp_new_config(&c)) != SP_OK)
		return port_error(r);
	sp_set_config_baudrate(c, (int)set->baud);
	sp_set_config_bits(c, set->mode[0] - '0');
	sp_set_config_parity(c, parity_of(set));
	sp_set_config_stopbits(c, set->mode[2] - '0');
	sp_set_config_dtr(c, set->dtr_off ? SP_DTR_OFF : SP_DTR_ON);
	if (set->flow != FLOW_RTSCTS)	/* which make_raw() sets */
		sp_set_config_rts(c, set->rts_off ? SP_RTS_OFF : SP_RTS_ON);
	/* Always: version 0.1.1 leaves it to chance. */
	sp_set_config_xon_xoff(c, set->flow == FLOW_XONXOFF ? SP_XONXOFF_INOUT : SP_XONXOFF_DISABLED);
	r = sp_set_config(port, c);
	int error = r == SP_OK ? 0 : port_error(r);
	sp_free_config(c);
	return error;
}

/* The speeds that termios has a name for are all that a pseudo-terminal is asked for. */
static speed_t speed_of(unsigned baud)
{
	static const struct {
		unsigned baud;
		speed_t speed;
	} speeds[] = {
		{ 110, B110 }, { 300, B300 }, { 600, B600 }, { 1200, B1200 }, { 2400, B2400 }, { 4800, B4800 },
		{ 9600, B9600 }, { 19200, B19200 }, { 38400, B38400 }, { 57600, B57600 }, { 115200, B115200 },
		{ 230400, B230400 },
	};
	for (size_t i = 0; i < sizeof speeds / sizeof *speeds; i++)
		if (speeds[i].baud == baud)
			return speeds[i].speed;
	return B0;
}

/* A pseudo-terminal carries eight bits, no parity, and keeps nothing else:
 * the C library calls it an error to ask for what it has dropped before. */
static bool is_pseudo(int fd)
{
	struct stat st;
	return fstat(fd, &st) == 0 && major(st.st_rdev) >= 136 && major(st.st_rdev) <= 143;
}

static int configure_terminal(int fd, struct termios *t, const struct serial_settings *set)
{
	static const tcflag_t bits[] = { CS5, CS6, CS7, CS8 };
	speed_t speed = speed_of(set->baud);
	if (speed == B0)
		return EINVAL;
	cfsetspeed(t, speed);
	if (is_pseudo(fd)) {
		t->c_cflag = (t->c_cflag & ~(tcflag_t)CSTOPB) | (set->mode[2] == '2' ? (tcflag_t)CSTOPB : 0);
		return 0;
	}
	t->c_cflag &= ~(tcflag_t)(CSIZE | PARENB | PARODD | CSTOPB);
	t->c_cflag |= bits[set->mode[0] - '5'] | (set->mode[2] == '2' ? (tcflag_t)CSTOPB : 0);
	if (set->mode[1] != 'n')
		t->c_cflag |= PARENB | (set->mode[1] == 'o' ? (tcflag_t)PARODD : 0);
	return 0;
}

/* A pseudo-terminal has none; other ports that libserialport refuses may. */
static void set_lines(int fd, const struct serial_settings *set)
{
	int off = (set->dtr_off ? TIOCM_DTR : 0) | (set->rts_off ? TIOCM_RTS : 0);
	if (off)
		ioctl(fd, TIOCMBIC, &off);
}

/* What both kinds have in common: raw bytes, errors marked and not swallowed,
 * no break that sends a signal, no read of nothing that looks like the end. */
static void make_raw(struct termios *t, enum flow flow)
{
	t->c_iflag = PARMRK | INPCK | (flow == FLOW_XONXOFF ? (tcflag_t)(IXON | IXOFF) : 0);
	t->c_oflag = 0;
	t->c_lflag = 0;
	t->c_cflag |= CREAD | CLOCAL | HUPCL;
	t->c_cflag &= ~(tcflag_t)CRTSCTS;
	if (flow == FLOW_RTSCTS)
		t->c_cflag |= CRTSCTS;
	t->c_cc[VMIN] = 1;
	t->c_cc[VTIME] = 0;
}

static int configure(struct serial *s, const struct serial_settings *set)
{
	struct termios t;
	int error = s->port ? configure_port(s->port, set) : 0;
	if (error)
		return error;
	if (tcgetattr(s->fd, &t) < 0)
		return errno;
	if (!s->port && (error = configure_terminal(s->fd, &t, set)))
		return error;
	make_raw(&t, set->flow);
	if (tcsetattr(s->fd, TCSANOW, &t) < 0)
		return errno;
	if (!s->port)
		set_lines(s->fd, set);
	s->settings = *set;
	s->marks = (struct marks){ 0 };
	return 0;
}

/* Through libserialport when it knows the port; 0 or an errno. */
static int open_port(struct serial *s, const char *path, bool read_only)
{
	if (sp_get_port_by_name(path, &s->port) != SP_OK) {
		s->port = NULL;
		return 0;
	}
	errno = 0;
	enum sp_return r = sp_open(s->port, read_only ? SP_MODE_READ : SP_MODE_READ_WRITE);
	if (r != SP_OK) {
		int error = port_error(r);
		sp_free_port(s->port);
		s->port = NULL;
		return error == ENOTTY || error == EINVAL ? 0 : error;	/* a port without modem lines */
	}
	s->lock = s->fd;
	sp_get_port_handle(s->port, &s->fd);
	return 0;
}

static int take(struct serial *s, const char *path, const struct serial_settings *set, bool read_only)
{
	int error;
	s->fd = open(path, (read_only ? O_RDONLY : O_RDWR) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (s->fd < 0)
		return errno == EISDIR ? ENOTTY : errno;
	if (!isatty(s->fd))
		return errno == EIO ? EIO : ENOTTY;
	/* Before anything is set: the port may be another's. */
	if (flock(s->fd, LOCK_EX | LOCK_NB) < 0)
		return errno;
	if ((error = open_port(s, path, read_only)) || (error = configure(s, set)))
		return error;
	ioctl(s->fd, TIOCEXCL);
	return 0;
}

int serial_open(struct serial *s, const char *path, const struct serial_settings *settings, bool read_only,
                const char **why)
{
	/* libserialport wants the name that the system has: not the one below /dev/serial/by-id. */
	char *real = realpath(path, NULL);
	*s = (struct serial){ .fd = -1, .lock = -1 };
	int error = real ? take(s, real, settings, read_only) : errno;
	free(real);
	if (!error)
		return 0;
	serial_close(s);
	return fail(error, why);
}

int serial_change(struct serial *s, const struct serial_settings *settings, const char **why)
{
	int error = configure(s, settings);
	if (error)
		return fail(error, why);
	tcflush(s->fd, TCIFLUSH);
	return 0;
}

ssize_t serial_read(struct serial *s, uint8_t *bytes, uint8_t *faults, size_t room)
{
	uint8_t raw[4096];
	size_t most = room - 1 < sizeof raw ? room - 1 : sizeof raw;
	ssize_t n = read(s->fd, raw, most);
	if (n <= 0)
		return n < 0 && errno == EIO ? 0 : n;
	enum fault unclear = s->settings.mode[1] == 'n' ? FAULT_FRAMING : FAULT_PARITY;
	n = (ssize_t)marks_take(&s->marks, unclear, span_of(raw, (size_t)n), bytes, faults);
	if (n == 0) {	/* half a mark */
		errno = EAGAIN;
		return -1;
	}
	return n;
}

ssize_t serial_write(struct serial *s, struct span bytes)
{
	return write(s->fd, bytes.p, bytes.n);
}

bool serial_counts(const struct serial *s, struct serial_counts *c)
{
	struct serial_icounter_struct i = { 0 };
	if (ioctl(s->fd, TIOCGICOUNT, &i) < 0)
		return false;
	*c = (struct serial_counts){ .received = (unsigned)i.rx, .framing = (unsigned)i.frame, .parity = (unsigned)i.parity,
	                             .overrun = (unsigned)i.overrun, .breaks = (unsigned)i.brk };
	return true;
}

void serial_close(struct serial *s)
{
	/* The system would wait half a minute for a receiver that takes nothing. */
	if (s->fd >= 0 && s->settings.flow != FLOW_NONE)
		tcflush(s->fd, TCOFLUSH);
	if (s->port) {
		sp_close(s->port);
		sp_free_port(s->port);
	} else if (s->fd >= 0) {
		close(s->fd);
	}
	if (s->lock >= 0)
		close(s->lock);
	*s = (struct serial){ .fd = -1, .lock = -1 };
}
