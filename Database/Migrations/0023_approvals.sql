-- room: Portal/Approvals

create table Approval (
    Id varchar(30) not null constraint PK_Approval primary key,
    AccountId varchar(30) not null constraint FK_Approval_Account references Account (Id),
    PersonId varchar(30) not null constraint FK_Approval_Person references Person (Id),
    Action varchar(40) not null,
    Permission varchar(40) not null,
    Resource varchar(30) null,
    AskKey varchar(80) not null,
    Summary nvarchar(300) not null,
    Reason nvarchar(400) null,
    Wish nvarchar(max) null,
    TotalPaise bigint not null,
    State varchar(10) not null constraint CK_Approval_State check (State in ('waiting', 'approved', 'declined', 'withdrawn')),
    AskedAt datetime2(3) not null,
    ExpiresAt datetime2(3) not null,
    DecidedAt datetime2(3) null,
    DecidedBy varchar(30) null,
    Answer nvarchar(400) null,
    Outcome varchar(30) null,
    constraint UQ_Approval_AskKey unique (AccountId, AskKey)
);

create index IX_Approval_Account on Approval (AccountId, AskedAt);
