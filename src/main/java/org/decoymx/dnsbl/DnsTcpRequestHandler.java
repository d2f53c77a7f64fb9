package org.decoymx.dnsbl;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.parsetools.RecordParser;
import java.net.InetAddress;
import java.util.Optional;
import org.decoymx.net.RequestHandler;

/** DNS over TCP: each message has a length prefix of two octets (RFC 1035 section 4.2.2, RFC 7766). */
final class DnsTcpRequestHandler implements RequestHandler {
    /** Maximum octets of a query; real ones have a few hundred at most. */
    static final int MAX_QUERY_OCTETS = 4_096;

    private static final int LENGTH_OCTETS = 2;
    private static final int HEADER_OCTETS = 12;

    private final DnsQueryService queryService;
    private final InetAddress client;
    private boolean lengthRead;

    DnsTcpRequestHandler(DnsQueryService queryService, InetAddress client) {
        this.queryService = queryService;
        this.client = client;
    }

    @Override
    public void initialize(RecordParser parser) {
        parser.fixedSizeMode(LENGTH_OCTETS);
    }

    /** Closes the connection if the message is not a query; without a response it would stay open. */
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
        byte[] response = queryService.answer(octets.getBytes(), client, false);
        if (response.length == 0) {
            throw new MalformedRequestException();
        }
        return Optional.of(Buffer.buffer(LENGTH_OCTETS + response.length)
                .appendUnsignedShort(response.length)
                .appendBytes(response));
    }
}
