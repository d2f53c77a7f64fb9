package org.decoymx;

import io.smallrye.config.SmallRyeConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.decoymx.support.ConfigCheck.Relation;

/** Finds servers that want the same port of the same address. */
final class PortConflicts implements Relation {
    private static final String HTTP = "quarkus.http.port";
    private static final String MANAGEMENT = "quarkus.management.port";
    private static final int MAX_PORT = 65_535;
    private static final String ANY_IPV4 = "0.0.0.0";
    private static final String ANY = "::";

    private final BiFunction<SmallRyeConfig, String, String> values;

    /** A server, by the keys of its port and its addresses. */
    private record Server(String portKey, int port, List<String> hosts) {
        boolean conflictsWith(Server other) {
            return port == other.port
                    && hosts.stream().anyMatch(a -> other.hosts.stream().anyMatch(b -> overlap(a, b)));
        }
    }

    /**
     * @param values gives the value of a key of ours, or its default
     */
    PortConflicts(BiFunction<SmallRyeConfig, String, String> values) {
        this.values = values;
    }

    @Override
    public Set<String> keys() {
        return Stream.of("smtp.port", "dnsbl.port", "lookup.policy-port", "lookup.socketmap-port")
                .map(key -> "decoy." + key)
                .collect(Collectors.toSet());
    }

    @Override
    public List<String> problems(SmallRyeConfig config) {
        List<String> problems = new ArrayList<>();
        List<Server> servers = new ArrayList<>();
        add(config, servers, "decoy.smtp.host", "decoy.smtp.port");
        add(config, servers, "decoy.dnsbl.host", "decoy.dnsbl.port");
        add(config, servers, "decoy.lookup.host", "decoy.lookup.policy-port");
        add(config, servers, "decoy.lookup.host", "decoy.lookup.socketmap-port");
        addQuarkus(config, servers, problems, HTTP, 8080);
        addQuarkus(config, servers, problems, MANAGEMENT, 9000);
        for (int i = 0; i < servers.size(); i++) {
            Server server = servers.get(i);
            servers.subList(0, i).stream()
                    .filter(server::conflictsWith)
                    .findFirst()
                    .ifPresent(other -> problems.add(server.portKey() + ": " + server.port() + " is also the value of "
                            + other.portKey() + "; set different ports"));
        }
        return problems;
    }

    private void add(SmallRyeConfig config, List<Server> servers, String hostKey, String portKey) {
        int port = Integer.parseInt(values.apply(config, portKey).trim());
        if (port != 0) {
            servers.add(new Server(
                    portKey, port, List.of(values.apply(config, hostKey).split(","))));
        }
    }

    private static void addQuarkus(
            SmallRyeConfig config, List<Server> servers, List<String> problems, String portKey, int defaultPort) {
        String written = config.getOptionalValue(portKey, String.class)
                .orElse(Integer.toString(defaultPort))
                .trim();
        String host = config.getOptionalValue(portKey.replace(".port", ".host"), String.class)
                .orElse(ANY_IPV4);
        if (!written.matches("-?\\d{1,9}")) {
            problems.add(portKey + ": '" + written + "' is not a whole number (0 to " + MAX_PORT + ")");
        } else if (Integer.parseInt(written) < 0 || Integer.parseInt(written) > MAX_PORT) {
            problems.add(portKey + ": " + written + " is out of range (0 to " + MAX_PORT + ")");
        } else if (Integer.parseInt(written) > 0) {
            servers.add(
                    new Server(portKey, Integer.parseInt(written), List.of(host.replace("localhost", "127.0.0.1"))));
        }
    }

    private static boolean overlap(String a, String b) {
        return a.equals(b)
                || a.equals(ANY)
                || b.equals(ANY)
                || a.equals(ANY_IPV4) && !b.contains(":")
                || b.equals(ANY_IPV4) && !a.contains(":");
    }
}
