"""Carries OCPP messages between a UART and a WebSocket: one message on a line in each direction.

    python bridge.py 7001 ws://127.0.0.1:9000/MCU              # the UART of QEMU: -serial tcp:127.0.0.1:7001
    python bridge.py /dev/ttyUSB0 ws://127.0.0.1:9000/MCU      # of a board: 115,200 bits per second

Lines of the board that are no messages: connect SUBPROTOCOL, disconnect, ping, ping-interval SECONDS. The bridge answers with
connected, disconnected and alive. A board with a network of its own does this itself. Needs the package `websockets`.
"""

import asyncio
import os
import sys
import termios
import tty

import websockets


class Bridge:
    def __init__(self, url):
        self.url = url
        self.socket = None
        self.connecting = None

    async def serve(self, reader, write):
        """Until the board is gone. A new one begins without connection."""
        try:
            while line := await reader.readline():
                self.take(line.decode(errors="replace").strip(), write)
        except (ConnectionError, ValueError) as error:
            print("the board is gone:", error, flush=True)
        finally:
            self.disconnect()

    def take(self, line, write):
        order, _, what = line.partition(" ")
        if line.startswith("["):
            self.spawn(self.send(self.socket, line))
        elif order == "connect":
            self.disconnect()
            self.connecting = asyncio.create_task(self.connect(what, write))
        elif order == "disconnect":
            self.disconnect()
            write("disconnected")
        elif order == "ping":
            self.spawn(self.ping(self.socket, write))
        elif order == "ping-interval" and self.socket is not None:
            self.spawn(self.keep_alive(self.socket, int(what), write))

    def spawn(self, work):
        # Tasks begin in the order in which they are made, so that messages keep theirs.
        task = asyncio.create_task(work)
        self.tasks = {one for one in getattr(self, "tasks", ()) if not one.done()} | {task}

    async def connect(self, subprotocol, write):
        """A connection, from its beginning to its end."""
        socket = None
        try:
            async with websockets.connect(self.url, subprotocols=[subprotocol], ping_interval=None, max_size=2**14) as socket:
                if socket.subprotocol != subprotocol:
                    raise OSError(f"the CSMS does not speak {subprotocol}")
                self.socket = socket
                print("connected to", self.url, flush=True)
                write("connected")
                async for message in socket:
                    write(message)
        except (OSError, websockets.WebSocketException) as error:
            print("no connection:", error, flush=True)
        finally:
            if self.connecting is asyncio.current_task():
                self.socket = self.connecting = None
                write("disconnected")

    def disconnect(self):
        connecting, self.connecting, self.socket = self.connecting, None, None
        if connecting is not None:
            connecting.cancel()

    async def send(self, socket, message):
        # What comes too late is lost, as on every connection: the station sends it again.
        if socket is not None:
            try:
                await socket.send(message)
            except websockets.ConnectionClosed:
                pass

    async def ping(self, socket, write):
        if socket is not None:
            try:
                await (await socket.ping())
                write("alive")
            except websockets.ConnectionClosed:
                pass

    async def keep_alive(self, socket, seconds, write):
        socket.interval = seconds
        while seconds and socket is self.socket and socket.interval == seconds:
            try:
                await asyncio.wait_for(await socket.ping(), max(seconds, 1))
                write("alive")
                await asyncio.sleep(seconds)
            except (asyncio.TimeoutError, websockets.ConnectionClosed):
                await socket.close()
                return


async def main(place, url):
    bridge = Bridge(url)

    async def board(reader, writer):
        await bridge.serve(reader, lambda line: writer.is_closing() or writer.write(line.encode() + b"\n"))
        writer.close()

    if place.isdigit():
        async with await asyncio.start_server(board, "127.0.0.1", int(place), limit=2**20) as server:
            print("the board connects to port", server.sockets[0].getsockname()[1], flush=True)
            await server.serve_forever()
    device = os.open(place, os.O_RDWR | os.O_NOCTTY)
    tty.setraw(device)
    settings = termios.tcgetattr(device)
    settings[4] = settings[5] = termios.B115200
    termios.tcsetattr(device, termios.TCSANOW, settings)
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=2**20)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(os.dup(device), "rb", 0))
    await bridge.serve(reader, lambda line: os.write(device, line.encode() + b"\n"))


try:
    asyncio.run(main(*sys.argv[1:]))
except KeyboardInterrupt:
    pass
