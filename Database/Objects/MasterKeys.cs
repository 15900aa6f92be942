using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Database.Objects;

/// <summary>A key that wraps data keys: an id that operators see and 32 random bytes that nobody sees.</summary>
internal sealed record MasterKey(string Id, byte[] Bytes);

/// <summary>The master keys of this installation: the newest wraps, the older ones only open what they have wrapped.</summary>
internal sealed class MasterKeys
{
    private const int KeyBytes = 32;
    private const int LongestId = 20;
    private readonly Dictionary<string, MasterKey> byId;

    internal MasterKeys(IReadOnlyList<MasterKey> newestFirst)
    {
        Newest = newestFirst[0];
        byId = newestFirst.GroupBy(key => key.Id, StringComparer.Ordinal).ToDictionary(same => same.Key, same => same.First(), StringComparer.Ordinal);
    }

    internal MasterKey Newest { get; }

    internal MasterKey this[string id] => byId.TryGetValue(id, out var key)
        ? key
        : throw new InvalidOperationException(
            $"A data key is wrapped by the master key '{id}', which is not configured; add its line to the file of Database:Objects:MasterKeyFile.");

    /// <summary>The keys of the options; a missing key file is made where that is allowed.</summary>
    internal static MasterKeys Load(ObjectsOptions options, bool mayMake)
    {
        if (options.MasterKey.Length == 0 && mayMake && !File.Exists(options.MasterKeyFile)) Make(options.MasterKeyFile);
        List<MasterKey> keys = [.. Lines(options.MasterKeyFile).Select(line => Parse(line)
            ?? throw new InvalidOperationException($"The master key file {options.MasterKeyFile} has a line that is not 'id:base64 of 32 bytes'."))];
        if (options.MasterKey.Length > 0) keys.Insert(0, Parse(options.MasterKey)!);
        return keys.Count > 0
            ? new MasterKeys(keys)
            : throw new InvalidOperationException($"The master key file {options.MasterKeyFile} has no key.");
    }

    internal static bool Readable(string file) => Lines(file).All(line => Parse(line) is not null);

    internal static MasterKey? Parse(string line)
    {
        var parts = line.Trim().Split(':');
        var bytes = new byte[KeyBytes];
        return parts is [{ Length: > 0 and <= LongestId } id, var text]
            && id.All(char.IsAsciiLetterOrDigit)
            && Convert.TryFromBase64String(text, bytes, out var length) && length == KeyBytes
            ? new MasterKey(id, bytes)
            : null;
    }

    private static IEnumerable<string> Lines(string file) =>
        file.Length == 0 || !File.Exists(file)
            ? []
            : File.ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#');

    // both hosts may start at once: the first whole file wins
    [SuppressMessage("Reliability", "CA2000", Justification = "The writer is disposed before the file is moved.")]
    private static void Make(string file)
    {
        var full = Path.GetFullPath(file);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var own = $"{full}.{Guid.NewGuid():n}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(own, options)) writer.WriteLine($"k1:{Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes))}");
        try
        {
            File.Move(own, full, overwrite: false);
        }
        catch (IOException) when (File.Exists(full))
        {
            File.Delete(own);
        }
    }
}
