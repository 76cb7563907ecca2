/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory that is there or ends the program.
 *
 * No caller checks: when there is no memory left, one line goes to stderr and the
 * process ends with the status of ERR_LOCAL. What these return is released by free().
 */
#ifndef NETPY_BASE_MEM_H
#define NETPY_BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>

void *x_malloc(size_t size);
void *x_calloc(size_t count, size_t size);
/* Like realloc, for count elements of size bytes; an overflow of the product ends the program. */
void *x_realloc(void *old, size_t count, size_t size);
char *x_strdup(const char *text);
char *x_strndup(const char *text, size_t len);
char *x_asprintf(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *x_vasprintf(const char *format, va_list ap) __attribute__((format(printf, 1, 0)));

/* The structure that holds MEMBER, from a pointer to the member. */
#define CONTAINER_OF(PTR, TYPE, MEMBER) ((TYPE *)((char *)(PTR) - offsetof(TYPE, MEMBER)))

#define ARRAY_LEN(A) (sizeof(A) / sizeof((A)[0]))

#endif
