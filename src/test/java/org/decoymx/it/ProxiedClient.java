package org.decoymx.it;

import java.io.IOException;

/** A client behind a proxy that the decoy trusts, so that a test can choose the client address. */
public final class ProxiedClient {
    /** The address of the proxy, which the decoy must trust. Nothing listens there. */
    public static final String PROXY = "127.0.0.3";

    private ProxiedClient() {}

    /** Connects as a client. The greeting is still to be read. */
    static SmtpClient connect(int port, String client) throws IOException {
        SmtpClient socket = new SmtpClient(port, PROXY);
        boolean v6 = client.contains(":");
        socket.sendLine(
                "PROXY " + (v6 ? "TCP6 " + client + " 2001:db8::25" : "TCP4 " + client + " 192.0.2.25") + " 40000 25");
        return socket;
    }

    /** Sends a pipelined envelope (RFC 2920) and returns the reply to DATA. */
    public static String mail(int port, String client, String recipient) throws IOException {
        try (SmtpClient socket = connect(port, client)) {
            socket.readReply();
            socket.sendCommand("EHLO client.example.net");
            socket.sendLine("MAIL FROM:<sender@example.net>\r\nRCPT TO:<" + recipient + ">\r\nDATA");
            socket.readReply();
            socket.readReply();
            String reply = socket.readReply();
            socket.sendCommand("QUIT");
            return reply;
        }
    }
}
