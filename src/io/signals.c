/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/signals.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "base/stdfd.h"

static const int ending[] = { SIGINT, SIGTERM, SIGHUP };

/* Handlers have no other way to reach these. */
static volatile sig_atomic_t caught;
static struct ev_loop *watched;
static ev_async wake;

/* Only async-signal-safe calls from here: ev_async_send is one (it writes to the loop's pipe). */
static void on_ending(int signum)
{
	if (caught)
		signals_die(signum);
	caught = signum;
	ev_async_send(watched, &wake);
}

static void on_suspend(int signum)
{
	struct sigaction old, dfl = { .sa_handler = SIG_DFL };
	sigset_t just, before;

	stdfd_restore();
	sigaction(signum, &dfl, &old);
	raise(signum);
	sigemptyset(&just);
	sigaddset(&just, signum);
	sigprocmask(SIG_UNBLOCK, &just, &before); /* stops here, and goes on after SIGCONT */
	sigprocmask(SIG_SETMASK, &before, NULL);
	sigaction(signum, &old, NULL);
	stdfd_resume();
}

static void on_wake(struct ev_loop *loop, ev_async *w, int events)
{
	(void)w;
	(void)events;
	ev_break(loop, EVBREAK_ALL);
}

static void catch_unless_ignored(int signum, void (*handler)(int))
{
	struct sigaction old, action = { .sa_handler = handler, .sa_flags = SA_RESTART };

	sigaction(signum, NULL, &old);
	if (old.sa_handler != SIG_IGN)
		sigaction(signum, &action, NULL);
}

void signals_start(struct ev_loop *loop)
{
	watched = loop;
	ev_async_init(&wake, on_wake);
	ev_async_start(loop, &wake);
	ev_unref(loop); /* waiting for a signal is no reason to go on */
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
		catch_unless_ignored(ending[i], on_ending);
	catch_unless_ignored(SIGTSTP, on_suspend);
}

void signals_stop(void)
{
	if (!watched)
		return;
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
		catch_unless_ignored(ending[i], SIG_DFL);
	catch_unless_ignored(SIGTSTP, SIG_DFL);
	ev_ref(watched);
	ev_async_stop(watched, &wake);
	watched = NULL;
}

int signals_caught(void)
{
	return caught;
}

void signals_die(int signum)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	sigset_t just;

	stdfd_restore();
	sigaction(signum, &dfl, NULL);
	raise(signum);
	sigemptyset(&just);
	sigaddset(&just, signum);
	sigprocmask(SIG_UNBLOCK, &just, NULL);
	/* Still here: process 1 of a container survives its own default signal. */
	_exit(128 + signum);
}
