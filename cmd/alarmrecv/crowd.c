/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crowd.h"

#include <sys/resource.h>

#include "peer.h"
#include "settings.h"
#include "util/log.h"

/* Descriptors that are not connections: ports, journal, and one to take the next panel with. */
#define DESCRIPTORS_KEPT 64
#define TRIES 64	/* so many may turn out to have something to say before one gives way */

void link_before(struct link *place, struct link *l)
{
	l->prev = place->prev;
	l->next = place;
	place->prev->next = l;
	place->prev = l;
}

void link_out(struct link *l)
{
	l->prev->next = l->next;
	l->next->prev = l->prev;
	l->prev = l->next = l;
}

static unsigned descriptors(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 1024;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	getrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_cur > 1 << 24 ? 1 << 24 : (unsigned)limit.rlim_cur;
}

void crowd_init(struct crowd *c, const struct limits *l)
{
	unsigned room = descriptors();
	room = room > 2 * DESCRIPTORS_KEPT ? room - DESCRIPTORS_KEPT : room / 2;
	*c = (struct crowd){ .most = l->connections };
	if (room < c->most) {
		info(_("%u connections at most: the system gives no more descriptors (ulimit -n)"), room);
		c->most = room;
	}
	for (unsigned i = 0; i <= KNOWN_ACCOUNT; i++)
		link_init(&c->standing[i]);
	for (unsigned i = 0; i < CROWD_HOSTS; i++)
		link_init(&c->host[i]);
}

static struct link *host_of(struct crowd *c, const struct peer *p)
{
	return &c->host[address_hash_host(&p->address) % CROWD_HOSTS];
}

void crowd_join(struct crowd *c, struct peer *p)
{
	c->n++;
	link_before(&c->standing[STRANGER], &p->standing_link);
	link_before(host_of(c, p), &p->host_link);
}

void crowd_leave(struct crowd *c, struct peer *p)
{
	c->n--;
	link_out(&p->standing_link);
	link_out(&p->host_link);
}

void crowd_heard(struct crowd *c, struct peer *p, enum standing standing)
{
	link_out(&p->host_link);
	if (standing > p->standing)
		p->standing = standing;
	if (p->standing == STRANGER)
		link_before(host_of(c, p), &p->host_link);
	link_out(&p->standing_link);
	link_before(&c->standing[p->standing], &p->standing_link);
}

static struct peer *peer_at(struct link *l)
{
	return OWNER(l, struct peer, standing_link);
}

/* An answer that is on its way is waited for. */
static bool may_go(const struct peer *p)
{
	return p->waiting == 0 && p->out.n == 0 && p->listener->source->transport == OVER_TCP;
}

static struct peer *longest_idle(struct link *head)
{
	for (struct link *l = head->next; l != head; l = l->next)
		if (may_go(peer_at(l)))
			return peer_at(l);
	return NULL;
}

static struct peer *furthest_beyond(struct link *head, msec now)
{
	struct peer *found = NULL;
	msec beyond = INT64_MIN;
	for (struct link *l = head->next; l != head; l = l->next) {
		struct peer *p = peer_at(l);
		if (may_go(p) && now - p->heard - p->silence > beyond) {
			beyond = now - p->heard - p->silence;
			found = p;
		}
	}
	return found;
}

static struct peer *candidate(struct crowd *c, msec now)
{
	struct peer *p = longest_idle(&c->standing[STRANGER]);
	if (!p)
		p = longest_idle(&c->standing[SPOKE_SOUNDLY]);
	return p ? p : furthest_beyond(&c->standing[KNOWN_ACCOUNT], now);
}

/* Who has said something in the meantime stays, or goes of itself. */
static bool gives_way(struct peer *p, const char *why)
{
	enum standing standing = p->standing;
	msec heard = p->heard;
	peer_read(p);
	if (peer_gone(p))
		return true;
	if (p->standing != standing || p->heard != heard || !may_go(p))
		return false;
	peer_tell(p, why);
	peer_close(p, "gave way at the limit of connections");
	return true;
}

bool crowd_make_room(struct crowd *c, msec now)
{
	struct peer *p;
	for (unsigned tries = TRIES; tries && (p = candidate(c, now)); tries--)
		if (gives_way(p, _("gives way: there is no room for more connections")))
			return true;
	return false;
}

void crowd_limit_host(struct crowd *c, const struct peer *newcomer, const struct limits *l, msec now)
{
	struct link *head = host_of(c, newcomer);
	struct peer *oldest = NULL;
	unsigned n = 0;
	for (struct link *i = head->next; i != head; i = i->next) {
		struct peer *p = OWNER(i, struct peer, host_link);
		if (now - p->heard < l->frame)
			break;
		if (!address_same_host(&p->address, &newcomer->address) || !may_go(p))
			continue;
		if (!oldest)
			oldest = p;
		n++;
	}
	if (n > l->per_address)
		gives_way(oldest, _("gives way: too many silent connections from this address"));
}
