/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/loop.h"

#include <stdlib.h>

#include "base/mem.h"

struct ev_loop *loop_new(void)
{
	/* LIBEV_FLAGS of the environment is for debugging libev, not for users of netpy. */
	struct ev_loop *loop = ev_default_loop(EVFLAG_NOENV);

	if (loop)
		ev_set_userdata(loop, x_malloc(LOOP_BUFFER));
	return loop;
}

char *loop_buffer(struct ev_loop *loop)
{
	return ev_userdata(loop);
}

void loop_free(struct ev_loop *loop)
{
	if (!loop)
		return;
	free(ev_userdata(loop));
	ev_loop_destroy(loop);
}
