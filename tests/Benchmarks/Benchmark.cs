using System.Reflection;

namespace Benchmarks;

/// <summary>
/// One promised number, measured as a ratio within one run. A benchmark is a class derived from this one with a constructor
/// without arguments; <c>./dev bench NAME</c> runs those whose class name holds NAME.
/// </summary>
public abstract class Benchmark
{
    /// <summary>Measures, and says each figure with its goal.</summary>
    public abstract Task<IReadOnlyList<Figure>> Measure();

    /// <summary>Runs the benchmarks whose name holds the first argument, or all; 1 when a figure misses its goal.</summary>
    public static async Task<int> Run(string[] args)
    {
        var wanted = Assembly.GetExecutingAssembly().GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Benchmark)) && !type.IsAbstract)
            .Where(type => args.Length == 0 || type.Name.Contains(args[0], StringComparison.OrdinalIgnoreCase))
            .OrderBy(type => type.Name, StringComparer.Ordinal)
            .ToList();
        if (wanted.Count == 0)
        {
            await Console.Error.WriteLineAsync(args.Length == 0 ? "There is no benchmark." : $"No benchmark is called {args[0]}.");
            return 2;
        }

        var figures = new List<Figure>();
        foreach (var type in wanted)
        {
            Console.WriteLine($"{type.Name} …");
            figures.AddRange(await ((Benchmark)Activator.CreateInstance(type)!).Measure());
        }

        Console.WriteLine();
        foreach (var figure in figures) Console.WriteLine(figure);
        return figures.TrueForAll(figure => figure.Reached) ? 0 : 1;
    }
}

/// <summary>A measured figure: what it is, its value as people read it, the goal, and whether the goal is reached.</summary>
public sealed record Figure(string Name, string Value, string Goal, bool Reached)
{
    public override string ToString() => $"{(Reached ? "ok    " : "MISSED")}  {Name,-70} {Value,16}   {(Goal.Length > 0 ? $"goal {Goal}" : "")}";
}
