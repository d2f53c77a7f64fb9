package org.decoymx.dnsbl;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.parsetools.RecordParser;
import java.net.InetAddress;
import java.util.Optional;
import org.decoymx.net.RequestHandler;

/** Messages of a TCP connection, each with its length before it in two octets (RFC 1035 section 4.2.2, RFC 7766). */
final class DnsTcpRequestHandler implements RequestHandler {
    /** Octets of a question; a real one has a few hundred at most. */
    static final int MAX_QUERY_OCTETS = 4_096;

    private static final int LENGTH_OCTETS = 2;
    private static final int HEADER_OCTETS = 12;

    private final DnsQueryService queryService;
    private final InetAddress client;
    private boolean lengthRead;

    DnsTcpRequestHandler(DnsQueryService answering, InetAddress client) {
        this.queryService = answering;
        this.client = client;
    }

    @Override
    public void initialize(RecordParser parser) {
        parser.fixedSizeMode(LENGTH_OCTETS);
    }

    /** What is no question ends the connection: over TCP silence would keep it open. */
    @Override
    public Optional<Buffer> handleRecord(Buffer octets, RecordParser parser) throws MalformedRequestException {
        lengthRead = !lengthRead;
        if (lengthRead) {
            int length = octets.getUnsignedShort(0);
            if (length < HEADER_OCTETS || length > MAX_QUERY_OCTETS) {
                throw new MalformedRequestException();
            }
            parser.fixedSizeMode(length);
            return Optional.empty();
        }
        parser.fixedSizeMode(LENGTH_OCTETS);
        byte[] answer = queryService.answer(octets.getBytes(), client, false);
        if (answer.length == 0) {
            throw new MalformedRequestException();
        }
        return Optional.of(Buffer.buffer(LENGTH_OCTETS + answer.length)
                .appendUnsignedShort(answer.length)
                .appendBytes(answer));
    }
}
