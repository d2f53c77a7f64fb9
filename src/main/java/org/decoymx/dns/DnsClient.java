package org.decoymx.dns;

import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.decoymx.net.OpenFileLimit;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * Queries recursive name servers: one after the other, in two tries at least; over TCP when the response is truncated.
 * It uses no search domains, no hosts file and no cache. Create it only when there is something to query, because it
 * loads many classes. Thread-safe.
 */
public final class DnsClient implements DnsResolver {
    private static final long EVENT_LOOP_MARGIN_MILLIS = 1_000;

    private final Vertx vertx;
    private final DnsTransport transport;
    private final NameServers servers;
    private final long maxMillis;

    /**
     * Creates a client, without opening a socket.
     *
     * @param tryTimeout a query ends after at most twice that; each server has its share of this time
     */
    public DnsClient(Vertx vertx, NameServers servers, Duration tryTimeout) {
        this.vertx = vertx;
        transport = new DnsTransport(vertx, OpenFileLimit.maxDnsSockets());
        this.servers = servers;
        maxMillis = ServerQuery.MIN_TRIES * tryTimeout.toMillis();
    }

    @Override
    public List<String> lookUpTxt(String name) throws DnsLookupException {
        return await(query(name, Type.TXT, TXTRecord.class, DnsClient::textOf));
    }

    @Override
    public List<InetAddress> lookUpAddresses(String name, boolean v6) throws DnsLookupException {
        return await(v6 ? query(name, Type.AAAA, AAAARecord.class, AAAARecord::getAddress) : queryIpv4Addresses(name));
    }

    @Override
    public List<String> lookUpMxHosts(String name) throws DnsLookupException {
        return await(query(name, Type.MX, MXRecord.class, mx -> textOf(mx.getTarget())));
    }

    /** Looks up A records; completes, or fails with a {@link DnsLookupException}, on an event loop. */
    public CompletableFuture<List<InetAddress>> queryIpv4Addresses(String name) {
        return query(name, Type.A, ARecord.class, ARecord::getAddress);
    }

    /** Looks up MX records; completes, or fails with a {@link DnsLookupException}, on an event loop. */
    public CompletableFuture<MxRecords> queryMx(String name) {
        return queryMessage(name, Type.MX).thenApply(response -> {
            List<MxHost> hosts = answersOf(response, MXRecord.class)
                    .map(mx -> new MxHost(textOf(mx.getTarget()).toLowerCase(Locale.ROOT), mx.getPriority()))
                    .sorted(Comparator.comparingInt(MxHost::preference).thenComparing(MxHost::name))
                    .distinct()
                    .toList();
            return new MxRecords(hosts, Duration.ofSeconds(ttlOf(response, hosts.isEmpty())));
        });
    }

    /** In seconds; that of a negative answer is in the SOA record (RFC 2308, section 5). */
    private static long ttlOf(Message response, boolean negative) {
        LongStream ttls = negative
                ? response.getSection(Section.AUTHORITY).stream()
                        .filter(SOARecord.class::isInstance)
                        .map(SOARecord.class::cast)
                        .mapToLong(soa -> Math.min(soa.getTTL(), soa.getMinimum()))
                : response.getSection(Section.ANSWER).stream().mapToLong(Record::getTTL);
        return ttls.min().orElse(0);
    }

    private static String textOf(TXTRecord txt) {
        return txt.getStringsAsByteArrays().stream()
                .map(octets -> new String(octets, StandardCharsets.ISO_8859_1))
                .collect(Collectors.joining());
    }

    /** The labels without escapes and without the root label; empty for the root. */
    private static String textOf(Name name) {
        return IntStream.range(0, name.labels() - 1)
                .mapToObj(name::getLabel)
                .map(label -> new String(label, 1, label.length - 1, StandardCharsets.ISO_8859_1))
                .collect(Collectors.joining("."));
    }

    private <T> List<T> await(CompletableFuture<List<T>> answer) throws DnsLookupException {
        try {
            return answer.get(maxMillis + EVENT_LOOP_MARGIN_MILLIS, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof DnsLookupException failure
                    ? failure
                    : new DnsLookupException(String.valueOf(e.getCause()));
        } catch (TimeoutException e) {
            throw new DnsLookupException("the event loop does not respond");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DnsLookupException("the decoy is stopping");
        }
    }

    private <R extends Record, T> CompletableFuture<List<T>> query(
            String name, int type, Class<R> recordClass, Function<R, T> reader) {
        return queryMessage(name, type)
                .thenApply(
                        response -> answersOf(response, recordClass).map(reader).toList());
    }

    private static <R extends Record> Stream<R> answersOf(Message response, Class<R> recordClass) {
        return response.getSection(Section.ANSWER).stream()
                .filter(record -> response.getRcode() == Rcode.NOERROR && record.getDClass() == DClass.IN)
                .filter(recordClass::isInstance)
                .map(recordClass::cast);
    }

    private CompletableFuture<Message> queryMessage(String name, int type) {
        Record question;
        try {
            question = Record.newRecord(nameOf(name), type, DClass.IN);
        } catch (TextParseException e) {
            return CompletableFuture.failedFuture(new DnsLookupException("'" + name + "' is not a valid DNS name"));
        }
        return queryServers(question)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(new DnsLookupException(Type.string(type)
                        + " of " + name + ": " + causeOf(failure).getMessage())));
    }

    private CompletableFuture<Message> queryServers(Record question) {
        List<InetSocketAddress> current = servers.current();
        return current.isEmpty()
                ? CompletableFuture.failedFuture(
                        new DnsLookupException(servers.problem().orElse("no name server is known")))
                : new ServerQuery(vertx, transport, question, current, maxMillis).send();
    }

    private static Name nameOf(String name) throws TextParseException {
        if (!DnsName.isValid(name)) {
            throw new TextParseException(name);
        }
        return Name.fromString(name.replace("\\", "\\\\") + ".");
    }

    /** Why a query failed; without the exception that wraps this in a later stage. */
    public static Throwable causeOf(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }
}
