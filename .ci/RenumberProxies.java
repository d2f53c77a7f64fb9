import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Renumbers the keys "proxykey1" and so on in the classes that Quarkus generates, in the order of the classes. Quarkus
 * 3.33 numbers them in the order in which its threads come to them, which is another one in each build.
 */
class RenumberProxies {
    private static final String KEY = "proxykey";

    private final Map<String, String> keys = new HashMap<>();

    public static void main(String[] args) throws IOException {
        Path jar = Path.of(args[0]);
        Map<String, byte[]> files = new TreeMap<>();
        Map<String, ZipEntry> entries = new TreeMap<>();
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(jar))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                files.put(entry.getName(), in.readAllBytes());
                entries.put(entry.getName(), entry);
            }
        }
        RenumberProxies renumbering = new RenumberProxies();
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                ZipEntry entry = new ZipEntry(file.getKey());
                entry.setTimeLocal(entries.get(file.getKey()).getTimeLocal());
                out.putNextEntry(entry);
                out.write(file.getKey().endsWith(".class") ? renumbering.renumber(file.getValue()) : file.getValue());
            }
        }
    }

    /** Copies a class with other strings in its constant pool (JVMS 4.4), to which the rest only refers. */
    private byte[] renumber(byte[] octets) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(octets));
        ByteArrayOutputStream octetsOut = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(octetsOut);
        out.writeLong(in.readLong());
        int count = in.readUnsignedShort();
        out.writeShort(count);
        for (int i = 1; i < count; i++) {
            int tag = in.readUnsignedByte();
            out.writeByte(tag);
            switch (tag) {
                case 1 -> out.writeUTF(renumber(in.readUTF()));
                case 7, 8, 16, 19, 20 -> out.write(in.readNBytes(2));
                case 15 -> out.write(in.readNBytes(3));
                case 3, 4, 9, 10, 11, 12, 17, 18 -> out.write(in.readNBytes(4));
                case 5, 6 -> {
                    out.write(in.readNBytes(8));
                    i++; // takes two places
                }
                default -> throw new IOException("constant pool tag " + tag + " is not known");
            }
        }
        out.write(in.readAllBytes());
        return octetsOut.toByteArray();
    }

    private String renumber(String text) {
        return text.matches(KEY + "\\d+") ? keys.computeIfAbsent(text, old -> KEY + (keys.size() + 1)) : text;
    }
}
