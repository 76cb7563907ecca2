/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Receiving datagrams in batches.
 */
#include "io/dgram_impl.h"

#include <errno.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	/* Untouched parts of it cost no memory. */
	INBOX_BYTES = 1024 * 1024,
	SLOTS_MAX = 16,
	/* Room for the largest datagram there is over IP; over a unix socket there is no such. */
	SLOT_INET = 64 * 1024,
	SLOT_UNIX = 1024 * 1024,
	/* Batches before others get their turn. */
	ROUNDS = 16,
};

union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(struct in_pktinfo)) + CMSG_SPACE(sizeof(struct in6_pktinfo)) +
		   CMSG_SPACE(sizeof(uint32_t)) + CMSG_SPACE(sizeof(int))];
};

struct dgram_inbox {
	size_t slots, slot_size;
	char *bytes;
	struct mmsghdr msgs[SLOTS_MAX];
	struct iovec pieces[SLOTS_MAX];
	struct sockaddr_storage addrs[SLOTS_MAX];
	union control controls[SLOTS_MAX];
};

struct dgram_inbox *dgram_inbox_new(int family)
{
	struct dgram_inbox *inbox = x_calloc(1, sizeof(*inbox));

	inbox->slot_size = family == AF_UNIX ? SLOT_UNIX : SLOT_INET;
	inbox->slots = INBOX_BYTES / inbox->slot_size;
	inbox->bytes = x_malloc(INBOX_BYTES);
	for (size_t i = 0; i < inbox->slots; i++) {
		inbox->pieces[i].iov_base = inbox->bytes + i * inbox->slot_size;
		inbox->pieces[i].iov_len = inbox->slot_size;
	}
	return inbox;
}

void dgram_inbox_free(struct dgram_inbox *inbox)
{
	if (!inbox)
		return;
	free(inbox->bytes);
	free(inbox);
}

/* What came along with a message: how long each datagram in it is, and where they came to. */
struct notes {
	size_t segment; /* 0: it is one datagram */
	struct dgram_local local;
};

static void note_in6(struct notes *notes, const struct in6_pktinfo *info)
{
	const struct in6_addr *to = &info->ipi6_addr;

	/* IPv4 speaks for itself, and from a group nobody can answer. */
	if (IN6_IS_ADDR_V4MAPPED(to) || IN6_IS_ADDR_MULTICAST(to))
		return;
	notes->local.family = AF_INET6;
	notes->local.in6 = *info;
	if (!IN6_IS_ADDR_LINKLOCAL(to))
		notes->local.in6.ipi6_ifindex = 0;
}

static void read_notes(struct dgram_sock *sock, struct msghdr *msg, struct notes *notes)
{
	*notes = (struct notes){ 0 };
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_RXQ_OVFL) {
			uint32_t overflow;

			memcpy(&overflow, CMSG_DATA(c), sizeof(overflow));
			dgram_lost(sock, overflow);
		} else if (c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO) {
			int size;

			memcpy(&size, CMSG_DATA(c), sizeof(size));
			notes->segment = (size_t)size;
		} else if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			notes->local.family = AF_INET;
			memcpy(&notes->local.in, CMSG_DATA(c), sizeof(notes->local.in));
			notes->local.in.ipi_ifindex = 0;
		} else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			struct in6_pktinfo info;

			memcpy(&info, CMSG_DATA(c), sizeof(info));
			note_in6(notes, &info);
		}
	}
}

static struct dgram_peer *sender_of(struct dgram_sock *sock, const struct msghdr *msg)
{
	static const struct sockaddr unnamed = { .sa_family = AF_UNIX };
	struct dgram *dgram = sock->dgram;
	size_t index = 0;

	if (dgram->cfg.connected)
		return dgram->newest;
	while (dgram->socks[index] != sock)
		index++;
	if (msg->msg_namelen == 0)
		return dgram_peer_find(dgram, index, &unnamed, sizeof(unnamed.sa_family));
	return dgram_peer_find(dgram, index, msg->msg_name, msg->msg_namelen);
}

static void deliver(struct dgram_peer *from, const char *data, size_t len, size_t full)
{
	struct dgram *dgram = from->dgram;
	struct peer *peer = &from->peer;

	dgram->figures.received++;
	dgram->figures.received_bytes += len;
	peers_spoke(&dgram->peers, peer);
	tap_bytes(dgram->cfg.taps, TAP_RECEIVED, peer->id, from->name, data, len, 1);
	event_emit(dgram->cfg.sink, EVENT_DATAGRAM, peer->id, EVENT_T("peer", from->name),
		EVENT_N("size", full), EVENT_N("truncated", full > len));
	dgram->cb->received(dgram->owner, peer, data, len, full);
}

/* A message is one datagram, or several of one size that the kernel had not taken apart yet. */
static void take_message(struct dgram_sock *sock, struct mmsghdr *message)
{
	struct dgram *dgram = sock->dgram;
	struct msghdr *msg = &message->msg_hdr;
	const char *data = msg->msg_iov->iov_base;
	size_t full = message->msg_len;
	size_t len = full < msg->msg_iov->iov_len ? full : msg->msg_iov->iov_len;
	struct dgram_peer *from = sender_of(sock, msg);
	struct notes notes;

	read_notes(sock, msg, &notes);
	from->local = notes.local;
	if (notes.segment == 0 || len != full)
		notes.segment = len;
	/* The receiver may drop the peer while there is more from it. */
	from->refs++;
	do {
		size_t part = len < notes.segment ? len : notes.segment;

		deliver(from, data, part, part == len ? full : part);
		data += part;
		len -= part;
		full -= part;
	} while (len > 0 && !dgram->dead);
	dgram_peer_unref(from);
}

static int fill_inbox(struct dgram_sock *sock, struct dgram_inbox *inbox)
{
	for (size_t i = 0; i < inbox->slots; i++)
		inbox->msgs[i].msg_hdr = (struct msghdr){
			.msg_name = &inbox->addrs[i],
			.msg_namelen = sizeof(inbox->addrs[i]),
			.msg_iov = &inbox->pieces[i],
			.msg_iovlen = 1,
			.msg_control = &inbox->controls[i],
			.msg_controllen = sizeof(inbox->controls[i]),
		};
	return recvmmsg(
		sock->fd, inbox->msgs, (unsigned)inbox->slots, MSG_DONTWAIT | MSG_TRUNC, NULL);
}

/* One batch; returns whether there may be more. */
static bool receive_batch(struct dgram_sock *sock)
{
	struct dgram *dgram = sock->dgram;
	int count = fill_inbox(sock, dgram->inbox);

	if (count < 0) {
		if (errno == EAGAIN || errno == EWOULDBLOCK)
			return false;
		if (errno != EINTR)
			dgram->cb->trouble(dgram->owner,
				dgram->cfg.connected ? &dgram->newest->peer : NULL, errno, -1);
		return true;
	}
	for (int i = 0; i < count && !dgram->dead; i++)
		take_message(sock, &dgram->inbox->msgs[i]);
	return (size_t)count == dgram->inbox->slots;
}

void dgram_receive(struct dgram_sock *sock)
{
	struct dgram *dgram = sock->dgram;

	bool more = true;

	for (int round = 0; round < ROUNDS && more && !dgram->paused && !dgram->dead; round++) {
		/* Answers to a batch leave together. */
		dgram_hold(dgram);
		more = receive_batch(sock);
		dgram->queue.held--;
		if (!dgram->dead)
			dgram_flush(dgram);
	}
	if (!dgram->dead)
		dgram->cb->batch(dgram->owner);
}
