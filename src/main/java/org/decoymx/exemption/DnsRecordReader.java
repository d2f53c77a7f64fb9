package org.decoymx.exemption;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads resource records from DNS responses (RFC 1035, section 3.3; RFC 3596). */
final class DnsRecordReader {
    private DnsRecordReader() {}

    /** Decodes the RDATA of one record. A runtime exception means that the response is malformed. */
    interface RecordDataReader<T> {
        T read(ByteBuf data);
    }

    /** Returns the answers of one type. Records of other types, such as the CNAME chain, are skipped. */
    static <T> List<T> readAnswers(DnsResponse response, DnsRecordType type, RecordDataReader<T> reader) {
        List<T> found = new ArrayList<>();
        for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
            DnsRecord record = response.recordAt(DnsSection.ANSWER, i);
            if (record instanceof DnsRawRecord raw && raw.type().equals(type) && raw.dnsClass() == DnsRecord.CLASS_IN) {
                found.add(reader.read(raw.content()));
            }
        }
        return found;
    }

    static String readTxt(ByteBuf data) {
        StringBuilder text = new StringBuilder();
        while (data.isReadable()) {
            text.append(data.readCharSequence(data.readUnsignedByte(), StandardCharsets.ISO_8859_1));
        }
        return text.toString();
    }

    static InetAddress readAddress(ByteBuf data) {
        try {
            return InetAddress.getByAddress(ByteBufUtil.getBytes(data));
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static String readMxHost(ByteBuf data) {
        data.skipBytes(Short.BYTES);
        String host = DefaultDnsRecordDecoder.decodeName(data);
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    /** Name of a response code, for example {@code SERVFAIL}. */
    static String responseCodeName(DnsResponseCode code) {
        String name = code.toString();
        return name.substring(0, Math.max(0, name.indexOf('('))).toUpperCase(Locale.ROOT);
    }
}
