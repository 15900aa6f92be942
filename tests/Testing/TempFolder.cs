namespace Testing;

/// <summary>A folder of its own for one test, gone at its end. Declared before the processes that write into it, it outlives them.</summary>
public sealed class TempFolder(string prefix) : IDisposable
{
    /// <summary>Where it is.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory(prefix).FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
