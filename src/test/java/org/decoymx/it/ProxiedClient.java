package org.decoymx.it;

import java.io.IOException;

/** A client behind a proxy that the decoy trusts; so it comes from whatever address the test wants. */
public final class ProxiedClient {
    /** The proxy's own address, which the decoy is to trust; nothing listens there that it could call by mistake. */
    public static final String PROXY = "127.0.0.3";

    private ProxiedClient() {}

    /** Connects as a client, and leaves the greeting to be read. */
    static SmtpClient connect(int port, String client) throws IOException {
        SmtpClient socket = new SmtpClient(port, PROXY);
        boolean v6 = client.contains(":");
        socket.sendLine(
                "PROXY " + (v6 ? "TCP6 " + client + " 2001:db8::25" : "TCP4 " + client + " 192.0.2.25") + " 40000 25");
        return socket;
    }

    /** Mails as quickly as a proper client may (RFC 2920), and gives the answer to DATA. */
    public static String mail(int port, String client, String recipient) throws IOException {
        try (SmtpClient socket = connect(port, client)) {
            socket.readReply();
            socket.sendCommand("EHLO client.example.net");
            socket.sendLine("MAIL FROM:<sender@example.net>\r\nRCPT TO:<" + recipient + ">\r\nDATA");
            socket.readReply();
            socket.readReply();
            String answer = socket.readReply();
            socket.sendCommand("QUIT");
            return answer;
        }
    }
}
