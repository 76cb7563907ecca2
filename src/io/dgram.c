/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/dgram.h"

#include <linux/sock_diag.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "io/dgram_impl.h"

/* A flood should find room while we write: what the system's limit allows of this. */
enum { RECEIVE_BUFFER = 4 * 1024 * 1024 };

/* Loss is told once in so many seconds. */
static const double TELL_EVERY = 1;

static void tell_loss(struct dgram *dgram)
{
	uint64_t lost = dgram->figures.lost - dgram->told_lost;
	char *text;

	if (lost == 0)
		return;
	dgram->told_lost = dgram->figures.lost;
	text = x_asprintf("%llu datagram%s lost: the receive buffer was full",
		(unsigned long long)lost, lost == 1 ? " was" : "s were");
	event_emit(dgram->cfg.sink, EVENT_WARN, 0, EVENT_T("text", text));
	free(text);
}

static void on_tell(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct dgram *dgram = timer->data;

	(void)loop;
	(void)revents;
	if (dgram->figures.lost == dgram->told_lost)
		ev_timer_stop(dgram->loop, timer);
	tell_loss(dgram);
}

void dgram_lost(struct dgram_sock *sock, uint32_t overflow)
{
	struct dgram *dgram = sock->dgram;

	dgram->figures.lost += overflow - sock->overflow;
	sock->overflow = overflow;
	if (dgram->figures.lost == dgram->told_lost || ev_is_active(&dgram->tell))
		return;
	tell_loss(dgram);
	dgram->tell.repeat = TELL_EVERY;
	ev_timer_again(dgram->loop, &dgram->tell);
}

/* What was dropped after the last datagram that we saw, no datagram will tell. */
static void ask_loss(struct dgram_sock *sock)
{
	uint32_t info[SK_MEMINFO_VARS] = { 0 };
	socklen_t len = sizeof(info);

	if (getsockopt(sock->fd, SOL_SOCKET, SO_MEMINFO, info, &len) == 0 &&
		len > SK_MEMINFO_DROPS * sizeof(info[0]))
		dgram_lost(sock, info[SK_MEMINFO_DROPS]);
}

static void dgram_drop(struct dgram *dgram)
{
	dgram_queue_clear(dgram);
	dgram_table_clear(dgram);
	dgram_inbox_free(dgram->inbox);
	for (size_t i = 0; i < dgram->sock_count; i++)
		free(dgram->socks[i]);
	free(dgram->socks);
	free(dgram);
}

void dgram_enter(struct dgram *dgram)
{
	dgram->busy++;
}

bool dgram_leave(struct dgram *dgram)
{
	bool dead = dgram->dead;

	if (--dgram->busy == 0 && dead)
		dgram_drop(dgram);
	return !dead;
}

void dgram_watch(struct dgram_sock *sock)
{
	int events = (sock->dgram->paused ? 0 : EV_READ) | (sock->blocked ? EV_WRITE : 0);

	if (ev_is_active(&sock->io) && (sock->io.events & (EV_READ | EV_WRITE)) == events)
		return;
	ev_io_stop(sock->dgram->loop, &sock->io);
	ev_io_set(&sock->io, sock->fd, events);
	if (events)
		ev_io_start(sock->dgram->loop, &sock->io);
}

static void on_socket(struct ev_loop *loop, ev_io *io, int revents)
{
	struct dgram_sock *sock = io->data;
	struct dgram *dgram = sock->dgram;

	(void)loop;
	dgram_enter(dgram);
	if (revents & EV_WRITE) {
		sock->blocked = false;
		dgram_flush(dgram);
	}
	if (!dgram->dead && revents & EV_READ && !dgram->paused)
		dgram_receive(sock);
	if (!dgram->dead)
		dgram_watch(sock);
	dgram_leave(dgram);
}

struct dgram *dgram_new(
	struct ev_loop *loop, const struct dgram_cfg *cfg, const struct dgram_cb *cb, void *owner)
{
	struct dgram *dgram = x_calloc(1, sizeof(*dgram));

	dgram->loop = loop;
	dgram->cfg = *cfg;
	dgram->cb = cb;
	dgram->owner = owner;
	dgram_table_init(dgram);
	dgram_queue_init(dgram);
	ev_timer_init(&dgram->tell, on_tell, 0, TELL_EVERY);
	dgram->tell.data = dgram;
	return dgram;
}

/* None of these is needed to send and receive: where one fails we do without. */
static void prepare(const struct dgram *dgram, int fd, int family)
{
	int on = 1, size = RECEIVE_BUFFER;

	if (!dgram->cfg.keep_rcvbuf &&
		setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on));
	if (family == AF_UNIX)
		return;
	setsockopt(fd, SOL_UDP, UDP_GRO, &on, sizeof(on));
	/* On a socket for both families this one tells of IPv4 datagrams, in IPv4's own terms. */
	setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on));
	if (family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on));
}

void dgram_add(struct dgram *dgram, int fd)
{
	struct dgram_sock *sock = x_calloc(1, sizeof(*sock));
	socklen_t len = sizeof(sock->family);

	getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &sock->family, &len);
	prepare(dgram, fd, sock->family);
	sock->dgram = dgram;
	sock->fd = fd;
	ev_io_init(&sock->io, on_socket, fd, EV_READ);
	sock->io.data = sock;
	dgram->socks = x_realloc(dgram->socks, dgram->sock_count + 1, sizeof(*dgram->socks));
	dgram->socks[dgram->sock_count++] = sock;
	if (!dgram->inbox)
		dgram->inbox = dgram_inbox_new(sock->family);
	dgram_watch(sock);
}

void dgram_pause(struct dgram *dgram, bool paused)
{
	dgram->paused = paused;
	for (size_t i = 0; i < dgram->sock_count; i++)
		dgram_watch(dgram->socks[i]);
}

void dgram_get_figures(struct dgram *dgram, struct dgram_figures *out)
{
	for (size_t i = 0; i < dgram->sock_count; i++)
		ask_loss(dgram->socks[i]);
	*out = dgram->figures;
}

void dgram_free(struct dgram *dgram)
{
	if (!dgram || dgram->dead)
		return;
	for (size_t i = 0; i < dgram->sock_count; i++) {
		ask_loss(dgram->socks[i]);
		ev_io_stop(dgram->loop, &dgram->socks[i]->io);
		close(dgram->socks[i]->fd);
	}
	ev_timer_stop(dgram->loop, &dgram->tell);
	ev_timer_stop(dgram->loop, &dgram->queue.nap);
	tell_loss(dgram);
	dgram->dead = true;
	if (dgram->busy == 0)
		dgram_drop(dgram);
}
