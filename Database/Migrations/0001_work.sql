-- room: Database/Work

create table WorkItem (
    Id varchar(30) not null constraint PK_WorkItem primary key,
    Command varchar(60) not null,
    Resource varchar(80) not null,
    AccountId varchar(30) null,
    DedupKey varchar(120) null,
    State varchar(12) not null constraint CK_WorkItem_State check (State in ('ready', 'running', 'done', 'failed')),
    Step varchar(60) null,
    Progress int not null,
    Message nvarchar(400) null,
    Attempts int not null,
    NextTryAt datetime2(3) not null,
    LeaseOwner varchar(80) null,
    LeaseUntil datetime2(3) null,
    Fence bigint not null,
    ErrorCode varchar(80) null,
    ErrorText nvarchar(1000) null,
    Input nvarchar(max) null,
    PromisedAt datetime2(3) null,
    CreatedAt datetime2(3) not null,
    StartedAt datetime2(3) null,
    EndedAt datetime2(3) null,
    TraceParent varchar(60) null
);

create unique index UQ_WorkItem_DedupKey on WorkItem (DedupKey) where DedupKey is not null;
create index IX_WorkItem_Due on WorkItem (Command, NextTryAt) where EndedAt is null;
create index IX_WorkItem_Resource on WorkItem (Resource, CreatedAt);
create index IX_WorkItem_Failed on WorkItem (EndedAt) where State = 'failed';
