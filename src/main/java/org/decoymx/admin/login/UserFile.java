package org.decoymx.admin.login;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.decoymx.support.BoundedLineReader;
import org.decoymx.support.ParseErrors;
import org.decoymx.support.PrintableText;
import org.decoymx.support.Role;
import org.decoymx.support.WatchedFile;
import org.jspecify.annotations.Nullable;

/**
 * Parses a file of users: {@code name:hash:roles}, one on a line. The hash is that of bcrypt, as {@code htpasswd -B}
 * writes it; the roles are separated by commas. {@code #} starts a comment.
 */
final class UserFile {
    /** Maximum number of users. */
    static final int MAX_USERS = 1_000;

    /** Ends the name in {@link User#session}; it is in no name. */
    static final char SESSION_SEPARATOR = ':';

    private static final int MAX_LINE_OCTETS = 300;
    private static final int COST_START = 4;
    private static final int SALT_START = 7;
    private static final int SALT_END = 29;
    private static final int MIN_COST = 8;
    private static final int MAX_COST = 14;
    private static final List<String> ROLES = List.of(Role.READER, Role.WITNESS, Role.ADMIN);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._@-]{1,64}");
    private static final Pattern HASH = Pattern.compile("\\$2[aby]\\$([0-9]{2})\\$[./A-Za-z0-9]{53}");

    private UserFile() {}

    /**
     * A user.
     *
     * @param hash the hash of the password, with its salt and cost
     */
    record User(String name, String hash, Set<String> roles) {
        /** Of no password; it makes the check of an unknown user take as long as that of a known one. */
        static User unknown(int cost) {
            return new User(
                    "",
                    String.format(Locale.ROOT, "$2b$%02d$", cost) + "abcdefghijklmnopqrstuu" + "A".repeat(31),
                    Set.of());
        }

        boolean hasPassword(String password) {
            return OpenBSDBCrypt.checkPassword(hash, password.toCharArray());
        }

        /** Name and salt: what the cookie of a login has. A new password has a new salt, so it ends all logins. */
        String session() {
            return name + SESSION_SEPARATOR + hash.substring(SALT_START, SALT_END);
        }

        /** How expensive the check of the password is: one more takes twice the time. */
        int cost() {
            return Integer.parseInt(hash.substring(COST_START, SALT_START - 1));
        }

        @Override
        public String toString() {
            return name + " " + roles;
        }
    }

    /** The valid users by their names, and the invalid lines. */
    record Users(Map<String, User> byName, ParseErrors errors) implements WatchedFile.Contents {}

    /** What differs between two versions of the file, for the audit log; empty if nothing does. */
    static String differences(Map<String, User> before, Map<String, User> after) {
        Set<String> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        return names.stream()
                .flatMap(name -> difference(name, before.get(name), after.get(name)).stream())
                .collect(Collectors.joining("; "));
    }

    private static Optional<String> difference(String name, @Nullable User before, @Nullable User after) {
        if (after == null) {
            return Optional.of("user " + name + " was removed");
        }
        if (before == null) {
            return Optional.of("user " + name + " was added: " + String.join(", ", after.roles()));
        }
        if (!before.roles().equals(after.roles())) {
            return Optional.of("user " + name + " is now " + String.join(", ", after.roles()) + ", was "
                    + String.join(", ", before.roles()));
        }
        return before.equals(after) ? Optional.empty() : Optional.of("user " + name + " has a new password");
    }

    /** Reads to the end, or up to {@link #MAX_USERS}. */
    static Users parse(InputStream in) throws IOException {
        Map<String, User> byName = new LinkedHashMap<>();
        ParseErrors errors = new ParseErrors();
        BoundedLineReader lines = new BoundedLineReader(in, MAX_LINE_OCTETS);
        for (@Nullable String line = lines.readText(); line != null; line = lines.readText()) {
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            if (byName.size() == MAX_USERS) {
                errors.add(lines.lineNumber(), "at most " + MAX_USERS + " users are allowed; the rest is ignored");
                break;
            }
            try {
                User user = parseLine(text, lines.isTooLong());
                if (byName.putIfAbsent(user.name(), user) != null) {
                    errors.add(lines.lineNumber(), "the user " + user.name() + " is in the file already");
                }
            } catch (IllegalArgumentException e) {
                errors.add(lines.lineNumber(), String.valueOf(e.getMessage()));
            }
        }
        return new Users(byName, errors);
    }

    /** The messages must not show a hash. */
    private static User parseLine(String line, boolean tooLong) {
        String[] fields = line.split(":", -1);
        if (tooLong || fields.length > 3 || fields.length < 2) {
            throw new IllegalArgumentException("a line is name:hash:roles, of at most " + MAX_LINE_OCTETS + " octets");
        }
        if (!NAME.matcher(fields[0]).matches()) {
            throw new IllegalArgumentException("'" + PrintableText.escape(fields[0], 20)
                    + "' is not a user name: 1 to 64 letters, digits, '.', '_', '@', '-'");
        }
        Matcher hash = HASH.matcher(fields[1]);
        if (!hash.matches()) {
            throw new IllegalArgumentException("the password of " + fields[0]
                    + " is not a bcrypt hash; htpasswd -nBC 10 " + fields[0] + " makes one");
        }
        int cost = Integer.parseInt(hash.group(1));
        if (cost < MIN_COST || cost > MAX_COST) {
            throw new IllegalArgumentException("the bcrypt cost of " + fields[0] + ", " + cost
                    + ", is out of range (" + MIN_COST + " to " + MAX_COST + "); htpasswd -nBC 10 " + fields[0]
                    + " makes one of 10");
        }
        return new User(fields[0], fields[1], parseRoles(fields.length == 2 ? Role.READER : fields[2]));
    }

    private static Set<String> parseRoles(String text) {
        Set<String> roles = new TreeSet<>();
        List<String> unknown = new ArrayList<>();
        for (String role : text.split(",", -1)) {
            (ROLES.contains(role.strip()) ? roles : unknown).add(role.strip());
        }
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "'" + PrintableText.escape(unknown.get(0), 20) + "' is not a role: " + String.join(", ", ROLES));
        }
        return roles;
    }
}
