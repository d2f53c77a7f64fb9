package org.decoymx.smtp.server;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.decoymx.smtp.protocol.Persona;

/** Finds a persona's words: one of those that come with the decoy, or a file of the user's. */
final class PersonaLoader {
    private static final String DEFAULT = "classic";
    private static final List<String> BUILT_IN = List.of(DEFAULT, "postfix", "exim", "sendmail", "exchange");

    private PersonaLoader() {}

    /**
     * @param name a built-in persona, or the path of a properties file; phrases that it leaves out are classic's
     * @throws IllegalArgumentException for a name that is neither, or a file that cannot be used; the message says why
     */
    static Persona load(String name, String hostname, long maxSize) {
        try {
            if (BUILT_IN.contains(name)) {
                return new Persona(loadBuiltIn(name), hostname, maxSize);
            }
            Map<String, String> words = loadBuiltIn(DEFAULT);
            try (Reader file = Files.newBufferedReader(Path.of(name), StandardCharsets.UTF_8)) {
                words.putAll(readProperties(file));
            }
            return new Persona(words, hostname, maxSize);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "'" + name + "' is none of " + String.join(", ", BUILT_IN) + " and no readable persona file", e);
        }
    }

    private static Map<String, String> loadBuiltIn(String name) throws IOException {
        String resource = "personas/" + name + ".properties";
        try (InputStream words = Persona.class.getResourceAsStream(resource)) {
            if (words == null) {
                throw new FileNotFoundException(resource);
            }
            return readProperties(new InputStreamReader(words, StandardCharsets.UTF_8));
        }
    }

    private static Map<String, String> readProperties(Reader reader) throws IOException {
        Properties properties = new Properties();
        properties.load(reader);
        Map<String, String> words = new HashMap<>();
        properties.stringPropertyNames().forEach(key -> words.put(key, properties.getProperty(key)));
        return words;
    }
}
