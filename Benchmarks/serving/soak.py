"""A soak test of `percept serve`: mixed valid, broken, slow and aborted requests, and a reload every minute. Prints memory and
descriptors every minute, and fails if they grow or if a response has a status 5xx other than 503."""

import collections
import contextlib
import os
import random
import re
import signal
import socket
import threading
import time


def connect(port):
    return socket.create_connection(("127.0.0.1", port), timeout=60)


def head(length, path="/predict", more=""):
    return f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n{more}\r\n".encode()


def status(connection):
    """Returns the status of the next response, and reads its body."""
    text = b""
    while b"\r\n\r\n" not in text:
        part = connection.recv(1 << 16)
        if not part:
            return "closed"
        text += part
    start, _, body = text.partition(b"\r\n\r\n")
    length = int(re.search(rb"(?i)content-length: (\d+)", start).group(1))
    while len(body) < length:
        body += connection.recv(1 << 16)
    return int(start.split()[1])


def valid(port, image):
    with connect(port) as connection:
        for _ in range(20):
            connection.sendall(head(len(image)) + image)
            yield status(connection)


def broken(port, image):
    damaged = bytearray(image)
    for _ in range(20):
        damaged[random.randrange(len(damaged))] = random.randrange(256)
    for sent in (head(len(damaged)) + damaged, head(3) + b"abc", b"NONSENSE\r\n\r\n", head(9, "/nothing") + b"123456789",
                 head(len(image), more="Content-Encoding: gzip\r\n") + image):
        with connect(port) as connection:
            connection.sendall(sent)
            yield status(connection)


def slow(port, image):
    with connect(port) as connection:
        connection.sendall(head(len(image)))
        for start in range(0, len(image), max(1, len(image) // 20)):
            connection.sendall(image[start:start + max(1, len(image) // 20)])
            time.sleep(0.1)
        yield status(connection)


def aborted(port, image):
    for length in (10, len(head(len(image))), random.randrange(len(image)), None):
        with connect(port) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # close with a reset
            connection.sendall((head(len(image)) + image)[:length])
        yield "aborted"


def pipelined(port, image):
    with connect(port) as connection:
        connection.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n" * 50)
        text = b""
        while text.count(b"HTTP/1.1 200 OK\r\n") < 50:
            part = connection.recv(1 << 16)
            if not part:
                raise ConnectionError
            text += part
        yield 200


KINDS = (valid, valid, broken, slow, aborted, pipelined)


def client(port, images, end, counts):
    while time.time() < end:
        kind = random.choice(KINDS)
        with contextlib.suppress(ConnectionError):
            for result in kind(port, random.choice(images)):
                counts[kind.__name__, result] += 1


def resources(process):
    """Returns the resident memory in MB and the number of open descriptors."""
    with open(f"/proc/{process}/status") as file:
        memory = int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) / 1e3
    return memory, len(os.listdir(f"/proc/{process}/fd"))


def run(process, port, photos, seconds, clients):
    images, counts = [photo.read_bytes() for photo in photos], collections.Counter()
    end = time.time() + seconds
    threads = [threading.Thread(target=client, args=(port, images, end, counts)) for _ in range(clients)]
    for thread in threads:
        thread.start()
    found, lines = [], []

    def tell(line):
        print(line, flush=True)
        lines.append(line)

    while time.time() < end:
        time.sleep(min(60, max(1, end - time.time())))
        found.append(resources(process))
        clock, total = time.strftime("%H:%M:%S"), sum(counts.values())
        tell(f"{clock}  {found[-1][0]:.1f} MB, {found[-1][1]} descriptors, {total} results")
        os.kill(process, signal.SIGHUP)
    for thread in threads:
        thread.join()
    time.sleep(3)
    memory, descriptors = resources(process)
    tell(f"after the clients have left: {memory:.1f} MB, {descriptors} descriptors")
    for (kind, result), count in sorted(counts.items(), key=str):
        tell(f"{kind:10} {result}: {count}")
    faults = [result for _, result in counts if isinstance(result, int) and result >= 500 and result != 503]
    half = len(found) // 2
    if half and max(one for one, _ in found[half:]) > 1.2 * max(one for one, _ in found[:half]) + 10:
        faults.append("memory grows")
    if descriptors > 40:
        faults.append("descriptors leak")
    return lines, faults
