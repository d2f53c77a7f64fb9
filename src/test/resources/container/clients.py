# Sends nonsense from some addresses, then holds sessions of many that have come to a recipient, says so, and ends when
# all of them have been closed. The arguments are the address of the decoy and the number of sessions.
import os, socket, sys
def connect(i):
    client = socket.socket()
    client.settimeout(120)
    client.bind(("23.1.%d.%d" % (i // 200, 1 + i % 200), 0))
    client.connect((sys.argv[1], 25))
    return client
for i in range(200):
    with connect(i) as client:
        try:
            client.sendall(os.urandom(4096) + b"\r\n" + b"RCPT TO:<" * 1000 + b"\r\n\0\r\n.\r\n")
        except OSError:
            pass
held = [connect(i) for i in range(int(sys.argv[2]))]
for client in held:
    assert client.recv(1000).startswith(b"220 ")
for command in b"EHLO a.example", b"MAIL FROM:<a@example.com>", b"RCPT TO:<b@example.org>":
    for client in held:
        client.sendall(command + b"\r\n")
    for client in held:
        reply = client.recv(1000)
        assert reply.startswith(b"250"), reply
print("held", flush=True)
for client in held:
    try:
        while client.recv(1000):
            pass
    except OSError:
        pass
