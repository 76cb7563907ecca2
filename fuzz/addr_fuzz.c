/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two words of an endpoint: what is taken can be written, and read again as the same. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "net/addr.h"
#include "net/endpoint.h"
#include "net/resolve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A host of such a name has to be written with a scheme in front. */
static bool called_as_a_scheme(const char *host)
{
	return host &&
	       (!strcasecmp(host, "tcp") || !strcasecmp(host, "udp") || !strcasecmp(host, "unix"));
}

static void check_again(const struct endpoint *first, unsigned flags)
{
	char *text = endpoint_text(first);
	struct endpoint again;
	struct err err = { 0 };

	if (endpoint_parse(&text, 1, flags | ENDPOINT_WHOLE, &again, &err) != 1 ||
		again.kind != first->kind || again.port != first->port ||
		again.abstract != first->abstract || !again.host != !first->host ||
		(first->host && strcmp(again.host, first->host) != 0))
		abort();
	endpoint_clear(&again);
	free(text);
}

static void check_number(const char *host)
{
	char text[ADDR_TEXT], bare[ADDR_TEXT];
	struct addr addr, again;
	struct err err = { 0 };

	if (resolve_number(host, 1, AF_UNSPEC, &addr, &err) == 1) {
		addr_format(&addr, text);
		if (resolve_number(addr_format_host(&addr, bare), 1, AF_UNSPEC, &again, &err) !=
				1 ||
			!addr_same(&addr, &again))
			abort();
	}
	err_clear(&err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned flags = size > 0 ? data[0] & 15 : 0;
	char *text = x_strndup(size > 0 ? (const char *)data + 1 : "", size > 0 ? size - 1 : 0);
	char *second = strchr(text, ' ');
	char *words[] = { text, second ? second + 1 : NULL, NULL };
	struct endpoint endpoint;
	struct err err = { 0 };

	if (second)
		*second = '\0';
	if (endpoint_parse(words, second ? 2 : 1, flags, &endpoint, &err) > 0) {
		if (!called_as_a_scheme(endpoint.host))
			check_again(&endpoint, flags);
		if (endpoint.host)
			check_number(endpoint.host);
		endpoint_clear(&endpoint);
	} else if (err.kind != ERR_USAGE || strlen(err.msg) > 300) {
		abort();
	}
	err_clear(&err);
	free(text);
	return 0;
}
