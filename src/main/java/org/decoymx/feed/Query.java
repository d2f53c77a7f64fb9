package org.decoymx.feed;

import io.vertx.core.MultiMap;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.decoymx.feed.Selection.Family;

/** Reads what a reader asks for behind the question mark; the messages of what it throws are for people, and quote nothing. */
final class Query {
    private static final String FAMILY = "family";
    private static final String MIN_POINTS = "min-points";
    private static final String AGGREGATE = "aggregate";
    private static final String SINCE = "since";
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,12}");

    private final MultiMap parameters;

    private Query(MultiMap parameters, Set<String> names) {
        this.parameters = parameters;
        for (String name : parameters.names()) {
            if (!names.contains(name) || parameters.getAll(name).size() > 1) {
                throw new IllegalArgumentException("A parameter is unknown or there twice; there may be one each of "
                        + String.join(", ", names.stream().sorted().toList()));
            }
        }
    }

    /**
     * What of the list a feed shall have.
     *
     * @throws IllegalArgumentException when it cannot be understood
     */
    static Selection selection(MultiMap parameters) {
        Query query = new Query(parameters, Set.of(FAMILY, MIN_POINTS, AGGREGATE));
        return new Selection(query.family(), query.minPoints(), query.aggregate());
    }

    /**
     * Of what changes somebody wants to hear.
     *
     * @throws IllegalArgumentException when there is a parameter that says nothing of that
     */
    static Query changes(MultiMap parameters) {
        return new Query(parameters, Set.of(FAMILY, SINCE));
    }

    Family family() {
        return given(FAMILY)
                .map(text -> switch (text) {
                    case "4" -> Family.V4;
                    case "6" -> Family.V6;
                    default -> throw bad(FAMILY, "4 or 6");
                })
                .orElse(Family.BOTH);
    }

    private boolean aggregate() {
        return given(AGGREGATE)
                .map(text -> switch (text) {
                    case "true" -> true;
                    case "false" -> false;
                    default -> throw bad(AGGREGATE, "true or false");
                })
                .orElse(false);
    }

    private int minPoints() {
        long points = given(MIN_POINTS).map(text -> number(MIN_POINTS, text)).orElse(0L);
        if (points > Selection.MAX_POINTS) {
            throw bad(MIN_POINTS, "a whole number up to " + Selection.MAX_POINTS);
        }
        return (int) points;
    }

    /** The version that is known already. */
    Optional<Long> since() {
        return given(SINCE).map(text -> number(SINCE, text));
    }

    private Optional<String> given(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    static long number(String name, String text) {
        if (!NUMBER.matcher(text).matches()) {
            throw bad(name, "a whole number");
        }
        return Long.parseLong(text);
    }

    private static IllegalArgumentException bad(String name, String allowed) {
        return new IllegalArgumentException(name + " is to be " + allowed);
    }
}
