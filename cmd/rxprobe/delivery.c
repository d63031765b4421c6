/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "delivery.h"

#include "crypto/crypto.h"
#include "json/write.h"

void deliveries_begin(struct deliveries *all, const struct probe *p)
{
	uint32_t chance;
	*all = (struct deliveries){ .probe = p };
	random_bytes(&chance, sizeof chance);
	epoch_new(all->epoch, p->loop.now, chance);
	node_name(&all->node);
}

static void put_text(struct buf *out, struct span key, struct span text)
{
	if (text.n)
		json_str(out, key, text);
}

void deliveries_put(struct deliveries *all, const struct delivery *d)
{
	struct buf *out = &all->line;
	buf_reset(&all->id);
	buf_span(&all->id, buf_view(&all->node));
	buf_printf(&all->id, ".%s-%llu", all->epoch, (unsigned long long)++all->seq);
	buf_reset(out);
	json_begin(out);
	json_str(out, KEY("type"), SPAN("delivery"));
	json_str(out, KEY("id"), buf_view(&all->id));
	json_time(out, KEY("at"), all->probe->loop.now);
	json_str(out, KEY("destination"), buf_view(&all->probe->device));
	put_text(out, KEY("account"), d->account);
	json_bytes(out, d->frame);
	json_str(out, KEY("reply"), span_str(answer_word(d->reply)));
	if (d->reply != A_NONE)
		json_int(out, KEY("latency_ms"), d->latency);
	json_int(out, KEY("tries"), d->tries);
	put_text(out, KEY("cause"), d->cause);
	json_end(out);
	buf_byte(out, '\n');
	probe_print(all->probe, buf_view(out));
}

void deliveries_free(struct deliveries *all)
{
	buf_free(&all->node);
	buf_free(&all->id);
	buf_free(&all->line);
}
