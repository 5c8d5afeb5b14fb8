import com.sun.management.OperatingSystemMXBean;
import io.github.linuxforhealth.hl7.HL7ToFHIRConverter;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Converts the messages of a file, one a line with segments parted by U+001E, over and over; prints one line of JSON. */
public class Driver {
  public static void main(String[] arguments) throws Exception {
    PrintStream out = System.out;
    System.setOut(System.err);
    List<String> messages =
        Files.readAllLines(Path.of(arguments[0])).stream().map(line -> line.replace('\u001e', '\r')).toList();
    double seconds = Double.parseDouble(arguments[1]);
    HL7ToFHIRConverter converter = new HL7ToFHIRConverter();
    // Compiled code is what a running service has.
    run(converter, messages, seconds);
    OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long cpuBefore = system.getProcessCpuTime();
    long before = System.nanoTime();
    long[] counts = run(converter, messages, seconds);
    double elapsed = (System.nanoTime() - before) / 1e9;
    double cpuMs = (system.getProcessCpuTime() - cpuBefore) / 1e6;
    out.printf(
        java.util.Locale.ROOT,
        "{\"messages\":%d,\"resources\":%d,\"seconds\":%.4f,\"cpuMs\":%.1f}%n",
        counts[0],
        counts[1],
        elapsed,
        cpuMs);
  }

  private static long[] run(HL7ToFHIRConverter converter, List<String> messages, double seconds) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    long count = 0;
    long resources = 0;
    while (System.nanoTime() < end) {
      String bundle = converter.convert(messages.get((int) (count % messages.size())));
      resources += occurrences(bundle, "\"fullUrl\"");
      count++;
    }
    return new long[] {count, resources};
  }

  private static int occurrences(String text, String part) {
    int count = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) count++;
    return count;
  }
}
