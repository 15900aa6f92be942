using Xunit;

namespace Database.Tests;

public sealed class IdTests
{
    [Fact]
    public void Later_ids_sort_after_earlier_ones_as_plain_text()
    {
        var ids = Enumerable.Range(0, 2_000).Select(i => Id.New<ThingId>(Things.Now.AddMilliseconds(i * 37)).Value).ToList();
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public void Ids_made_on_many_threads_at_once_are_all_different() =>
        Assert.Equal(80_000, Enumerable.Range(0, 80_000).AsParallel().Select(_ => Id.New<ThingId>(Things.Now).Value).Distinct().Count());

    [Fact]
    public void An_id_says_its_kind_and_fits_its_column()
    {
        var id = Id.New<ThingId>(Things.Now);
        Assert.Matches("^thg_[0-9a-v]{26}$", id.Value);
        Assert.Equal(30, id.Value.Length);
        Assert.True(Id.TryParse<ThingId>(id.Value, out var read));
        Assert.Equal(id, read);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("thg_")]
    [InlineData("thg_0123456789abcdefghijklmno")]
    [InlineData("thg_0123456789abcdefghijklmnopq")]
    [InlineData("wrk_0123456789abcdefghijklmnop")]
    [InlineData("thg-0123456789abcdefghijklmnop")]
    [InlineData("thg_0123456789ABCDEFGHIJKLMNOP")]
    [InlineData("thg_0123456789abcdefghijklmnoz")]
    [InlineData("thg_0123456789abcdefghijklmno'")]
    public void What_is_no_id_of_the_kind_is_refused(string? text) => Assert.False(Id.TryParse<ThingId>(text, out _));

    [Fact]
    public void Two_kinds_can_share_their_characters()
    {
        var thing = Id.New<ThingId>(Things.Now);
        Assert.Equal($"wrk_{thing.Value[4..]}", Id.Like<Database.Work.WorkItemId>(thing.Value).Value);
        Assert.Equal(thing, Id.Like<ThingId>($"srv-{thing.Value[4..]}"));
    }
}

/// <summary>Alone, since the order is that of everybody in the process who makes ids.</summary>
[Collection(nameof(OrderOfIdsTests))]
[CollectionDefinition(nameof(OrderOfIdsTests), DisableParallelization = true)]
public sealed class OrderOfIdsTests
{
    [Fact]
    public void Ids_of_one_millisecond_sort_in_the_order_of_their_making()
    {
        var ids = Enumerable.Range(0, 2_000).Select(_ => Id.New<ThingId>(Things.Now.AddYears(40)).Value).ToList();
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }
}
