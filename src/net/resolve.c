/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/resolve.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <net/if.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/num.h"

/*
 * What a resolver and its thread share. Each holds one reference; the lock guards everything that
 * is not constant. The one who goes last frees it.
 */
struct lookup {
	pthread_mutex_t lock;
	int refs;
	struct ev_loop *loop;
	ev_async *wake; /* NULL once the resolver is gone */
	char *host;
	struct addrinfo hints;
	int error, errnum;     /* what getaddrinfo said */
	struct addrinfo *list; /* its answer */
};

struct resolve {
	struct ev_loop *loop;
	const struct resolve_cb *cb;
	void *owner;
	unsigned port;
	double started;
	ev_async wake;	       /* the thread is done */
	ev_timer known;	       /* never started: carries an answer that needs no thread */
	struct lookup *lookup; /* NULL without a thread */
	struct addr *addrs;
	size_t count;
	struct err err; /* the answer, when set */
};

static void add_addr(struct resolve *r, const struct addr *addr)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		if (addr_same(&r->addrs[i], addr))
			return;
	r->addrs = x_realloc(r->addrs, r->count + 1, sizeof(*r->addrs));
	r->addrs[r->count++] = *addr;
}

static void set_in(struct addr *out, struct in_addr number, unsigned port)
{
	memset(out, 0, sizeof(*out));
	out->len = sizeof(out->in);
	out->in.sin_family = AF_INET;
	out->in.sin_port = htons((uint16_t)port);
	out->in.sin_addr = number;
}

static void set_in6(struct addr *out, const struct in6_addr *number, unsigned port)
{
	memset(out, 0, sizeof(*out));
	out->len = sizeof(out->in6);
	out->in6.sin6_family = AF_INET6;
	out->in6.sin6_port = htons((uint16_t)port);
	out->in6.sin6_addr = *number;
}

/* ERR_USAGE with the host, escaped and shortened, in front. */
static int refuse(struct err *err, const char *host, const char *text)
{
	char *shown = escape_text(host, strlen(host), 0);

	err_set(err, ERR_USAGE, "'%s' %s", shown, text);
	free(shown);
	return -1;
}

/* What stands behind '%': the name of an interface, or its number. */
static int parse_zone(const char *zone, uint32_t *out)
{
	long number;

	*out = if_nametoindex(zone);
	if (*out != 0)
		return 0;
	if (num_parse_int(zone, 1, 0x7fffffff, &number) < 0)
		return -1;
	*out = (uint32_t)number;
	return 0;
}

static int number_in6(const char *host, unsigned port, struct addr *out, struct err *err)
{
	size_t len = strcspn(host, "%");
	char *number = x_strndup(host, len);
	struct in6_addr in6;
	bool ok = inet_pton(AF_INET6, number, &in6) == 1;

	free(number);
	if (!ok)
		return 0;
	set_in6(out, &in6, port);
	if (host[len] && parse_zone(host + len + 1, &out->in6.sin6_scope_id) < 0)
		return refuse(err, host, "names an interface that does not exist");
	return 1;
}

/* Also the short forms that the system knows, such as 127.1: a dot, then digits to the end. */
static int number_in(const char *host, unsigned port, struct addr *out)
{
	struct in_addr in;

	if (!strchr(host, '.') || host[strspn(host, "0123456789abcdefxABCDEFX.")] != '\0' ||
		!inet_aton(host, &in))
		return 0;
	set_in(out, in, port);
	return 1;
}

int resolve_number(const char *host, unsigned port, int family, struct addr *out, struct err *err)
{
	int found =
		strchr(host, ':') ? number_in6(host, port, out, err) : number_in(host, port, out);

	if (found <= 0 || family == AF_UNSPEC || out->any.sa_family == family)
		return found;
	return refuse(err, host,
		family == AF_INET ? "is not an IPv4 address, as -4 asks for"
				  : "is not an IPv6 address, as -6 asks for");
}

/* Both families' forms of one address, those that -4 and -6 let pass. */
static void add_pair(struct resolve *r, int family, const struct in6_addr *six, uint32_t four)
{
	struct addr addr;

	if (family != AF_INET) {
		set_in6(&addr, six, r->port);
		add_addr(r, &addr);
	}
	if (family != AF_INET6) {
		set_in(&addr, (struct in_addr){ htonl(four) }, r->port);
		add_addr(r, &addr);
	}
}

/* Fill in what can be told without asking anybody. False: it has to be looked up. */
static bool answer_known(
	struct resolve *r, const struct endpoint *endpoint, const struct sock_cfg *sock)
{
	int family = sock_family(sock), found;
	struct addr addr;

	if (endpoint->kind == ENDPOINT_UNIX) {
		if (addr_from_unix(endpoint, &addr, &r->err) == 0)
			add_addr(r, &addr);
		return true;
	}
	if (!endpoint->host) {
		add_pair(r, family, &in6addr_any, INADDR_ANY);
		return true;
	}
	found = resolve_number(endpoint->host, endpoint->port, family, &addr, &r->err);
	if (found > 0)
		add_addr(r, &addr);
	if (found != 0)
		return true;
	if (sock->numeric) {
		refuse(&r->err, endpoint->host, "is not a numeric address");
		err_set_hint(&r->err, "leave out -n (--numeric) to look names up");
		return true;
	}
	if (strcasecmp(endpoint->host, "localhost") == 0) {
		add_pair(r, family, &in6addr_loopback, INADDR_LOOPBACK);
		return true;
	}
	return false;
}

/* Called with the lock held, which is released. */
static void lookup_unref(struct lookup *lookup)
{
	int refs = --lookup->refs;

	pthread_mutex_unlock(&lookup->lock);
	if (refs > 0)
		return;
	pthread_mutex_destroy(&lookup->lock);
	if (lookup->list)
		freeaddrinfo(lookup->list);
	free(lookup->host);
	free(lookup);
}

static void *lookup_thread(void *arg)
{
	struct lookup *lookup = arg;
	struct addrinfo *list = NULL;
	int error = getaddrinfo(lookup->host, NULL, &lookup->hints, &list), errnum = errno;

	pthread_mutex_lock(&lookup->lock);
	lookup->error = error;
	lookup->errnum = errnum;
	lookup->list = error == 0 ? list : NULL;
	if (lookup->wake)
		ev_async_send(lookup->loop, lookup->wake);
	lookup_unref(lookup);
	return NULL;
}

/* Signals are for the thread that runs the loop. */
static int start_thread(struct lookup *lookup)
{
	pthread_attr_t attr;
	sigset_t all, before;
	pthread_t thread;
	int result;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	result = pthread_create(&thread, &attr, lookup_thread, lookup);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return result;
}

static void cannot_resolve(struct resolve *r, const char *host, const char *reason)
{
	char *shown = escape_text(host, strlen(host), 0);

	err_set(&r->err, ERR_RESOLVE, "cannot resolve '%s': %s", shown, reason);
	free(shown);
}

static void look_up(struct resolve *r, const char *host, int family, int type)
{
	struct lookup *lookup = x_calloc(1, sizeof(*lookup));
	int result;

	pthread_mutex_init(&lookup->lock, NULL);
	lookup->refs = 2;
	lookup->loop = r->loop;
	lookup->wake = &r->wake;
	lookup->host = x_strdup(host);
	lookup->hints = (struct addrinfo){ .ai_family = family, .ai_socktype = type };
	r->lookup = lookup;
	ev_async_start(r->loop, &r->wake);
	result = start_thread(lookup);
	if (result == 0)
		return;
	lookup->refs = 1;
	cannot_resolve(r, host, strerror(result));
	ev_feed_event(r->loop, &r->known, EV_TIMER);
}

static void finish(struct resolve *r)
{
	struct resolve_result result = {
		.addrs = r->addrs,
		.count = r->count,
		.looked_up = r->lookup != NULL,
		.seconds = clock_now() - r->started,
	};

	if (r->err.kind != ERR_NONE)
		r->cb->failed(r->owner, &r->err);
	else
		r->cb->done(r->owner, &result);
}

static void on_known(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	finish(CONTAINER_OF(timer, struct resolve, known));
}

static void take_list(struct resolve *r, const struct addrinfo *list)
{
	struct addr addr;

	for (; list; list = list->ai_next) {
		if (list->ai_family != AF_INET && list->ai_family != AF_INET6)
			continue;
		memset(&addr, 0, sizeof(addr));
		addr.len = list->ai_addrlen;
		memcpy(&addr.storage, list->ai_addr, list->ai_addrlen);
		addr_set_port(&addr, r->port);
		add_addr(r, &addr);
	}
}

static void on_wake(struct ev_loop *loop, ev_async *wake, int events)
{
	struct resolve *r = CONTAINER_OF(wake, struct resolve, wake);
	struct lookup *lookup = r->lookup;

	(void)loop;
	(void)events;
	pthread_mutex_lock(&lookup->lock);
	if (lookup->error == EAI_SYSTEM)
		cannot_resolve(r, lookup->host, strerror(lookup->errnum));
	else if (lookup->error != 0)
		cannot_resolve(r, lookup->host, gai_strerror(lookup->error));
	else
		take_list(r, lookup->list);
	if (r->err.kind == ERR_NONE && r->count == 0)
		cannot_resolve(r, lookup->host, gai_strerror(EAI_NONAME));
	pthread_mutex_unlock(&lookup->lock);
	finish(r);
}

struct resolve *resolve_start(struct ev_loop *loop, const struct endpoint *endpoint,
	const struct sock_cfg *sock, int type, const struct resolve_cb *cb, void *owner)
{
	struct resolve *r = x_calloc(1, sizeof(*r));

	r->loop = loop;
	r->cb = cb;
	r->owner = owner;
	r->port = endpoint->port;
	r->started = clock_now();
	ev_async_init(&r->wake, on_wake);
	ev_timer_init(&r->known, on_known, 0, 0);
	if (answer_known(r, endpoint, sock))
		ev_feed_event(loop, &r->known, EV_TIMER);
	else
		look_up(r, endpoint->host, sock_family(sock), type);
	return r;
}

void resolve_free(struct resolve *resolve)
{
	if (!resolve)
		return;
	if (resolve->lookup) {
		pthread_mutex_lock(&resolve->lookup->lock);
		resolve->lookup->wake = NULL;
		lookup_unref(resolve->lookup);
	}
	ev_async_stop(resolve->loop, &resolve->wake);
	/* Takes back an answer that is still on its way, though it was never started. */
	ev_timer_stop(resolve->loop, &resolve->known);
	free(resolve->addrs);
	err_clear(&resolve->err);
	free(resolve);
}
