# SPDX-License-Identifier: GPL-3.0-or-later
"""An asyncio client: sends its words, one a line, half-closes, prints everything that comes."""
import asyncio
import sys


async def main():
    reader, writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
    for word in sys.argv[2:]:
        writer.write(word.encode() + b"\n")
    await writer.drain()
    writer.write_eof()
    print((await reader.read()).decode(), end="")
    writer.close()


asyncio.run(main())
